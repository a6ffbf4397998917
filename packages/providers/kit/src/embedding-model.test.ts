import { manualClock } from "@salesagent/conformance";
import { type EmbeddingModel, SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { createWireEmbeddingModel, type EmbeddingExchange, type EmbeddingPost } from "./embedding-model.js";
import { isJsonObject } from "./schema-walk.js";

const KEY = "planted-9f3b1c7e";

interface Bench {
  readonly model: EmbeddingModel;
  readonly clock: ReturnType<typeof manualClock>;
  readonly batches: (readonly string[])[];
}

/** A model whose vendor answers with the lengths of the inputs. */
function open(
  send: (post: EmbeddingPost, batch: readonly string[]) => Promise<Response> = async (_, batch) =>
    Response.json({ vectors: batch.map((text) => [text.length, 1]), tokens: batch.length }),
  more: Partial<EmbeddingExchange> = {},
): Bench {
  const clock = manualClock();
  const batches: (readonly string[])[] = [];
  const model = createWireEmbeddingModel({
    provider: "acme",
    modelId: "embed-1",
    baseUrl: "https://acme.example",
    clock,
    maxInputs: 2,
    price: { input: 2, output: 0, asOf: "2026-11-01" },
    apiKey: async () => KEY,
    send(batch, post) {
      batches.push(batch);
      return send(post, batch);
    },
    read(body) {
      const { vectors, tokens } = isJsonObject(body) ? body : {};
      const listed = Array.isArray(vectors) ? (vectors as readonly (readonly number[])[]) : [];
      return {
        vectors: listed.map((values) => Float32Array.from(values)),
        usage: typeof tokens === "number" ? { inputTokens: tokens, outputTokens: 0 } : {},
      };
    },
    ...more,
  });
  return { model, clock, batches };
}

async function failureOf(promise: Promise<unknown>): Promise<SalesAgentError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!SalesAgentError.is(failure)) throw new Error(`expected a failure, got ${String(failure)}`);
  return failure;
}

describe("an embedding model", () => {
  it("splits its inputs, keeps their order and adds up what they cost", async () => {
    const { model, batches, clock } = open();
    const { vectors, usage, costUsd } = await model.embed(["a", "bb", "ccc"]);
    expect(batches).toEqual([["a", "bb"], ["ccc"]]);
    expect(vectors.map((vector) => vector[0])).toEqual([1, 2, 3]);
    expect(usage).toEqual({ inputTokens: 3, outputTokens: 0 });
    expect(costUsd).toBeCloseTo(6e-6, 12);
    expect(clock.pendingTimers).toBe(0);
  });

  it("asks nothing for no inputs, and refuses an empty one by its index", async () => {
    const { model, batches } = open();
    expect(await model.embed([])).toMatchObject({ vectors: [], costUsd: 0 });
    await expect(model.embed(["a", ""])).rejects.toThrow("inputs[1]");
    expect(batches).toEqual([]);
  });

  it("does not know the cost when one reply leaves its tokens out", async () => {
    const { model } = open(async (_, batch) =>
      Response.json({
        vectors: batch.map(() => [1]),
        ...(batch.length === 2 ? { tokens: 2 } : {}),
      }),
    );
    const { usage, costUsd } = await model.embed(["a", "b", "c"]);
    expect({ usage, costUsd }).toEqual({ usage: {}, costUsd: undefined });
  });

  it.each<[string, () => Response, string]>([
    ["too few vectors", () => Response.json({ vectors: [[1]] }), "model.malformed_response"],
    ["vectors of two lengths", () => Response.json({ vectors: [[1], [1, 2]] }), "model.malformed_response"],
    ["text", () => new Response("<html><title>Login</title>"), "model.malformed_response"],
    [
      "an error under 200",
      () => Response.json({ error: { message: "x", code: "overloaded_error" } }),
      "model.overloaded",
    ],
    ["a status", () => Response.json({ error: { message: `bad ${KEY}` } }, { status: 401 }), "model.auth"],
  ])("fails for %s", async (_, respond, code) => {
    const { model } = open(async () => respond());
    const failure = await failureOf(model.embed(["a", "b"]));
    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain(KEY);
  });

  it("ends a request that takes too long", async () => {
    const { model, clock, batches } = open(
      (post) =>
        new Promise((_, reject) => {
          post.signal.addEventListener("abort", () => reject(post.signal.reason));
        }),
      { timeoutMs: 500 },
    );
    const pending = failureOf(model.embed(["a"]));
    while (batches.length === 0) await null;
    clock.advance(500);
    expect(await pending).toMatchObject({ code: "model.timed_out", facts: { phase: "total", limitMs: 500 } });
  });

  it("rejects with the caller's own reason, while the vendor hangs, and stops asking", async () => {
    const signals: AbortSignal[] = [];
    const { model, clock, batches } = open((post) => {
      signals.push(post.signal);
      return new Promise(() => {});
    });
    const caller = new AbortController();
    const pending = model.embed(["a", "b", "c"], { signal: caller.signal });
    while (signals.length === 0) await null;
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(signals[0]?.aborted).toBe(true);
    expect(batches).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["maxInputs", { maxInputs: 0 }],
    ["timeoutMs", { timeoutMs: -1 }],
  ])("refuses a wrong %s", (option, more) => {
    expect(() => open(undefined, more)).toThrow(option);
  });
});
