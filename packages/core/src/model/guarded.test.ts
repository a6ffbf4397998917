import {
  type AttemptGuard,
  type LanguageModel,
  type ModelAttempt,
  type ModelEvent,
  SalesAgentError,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { guarded } from "./guarded.js";
import { withGuard } from "./with-guard.js";

const REQUEST = { messages: [userMessage("x".repeat(400))], maxOutputTokens: 100 };
const NO = new SalesAgentError("budget.unscoped", {
  message: "no",
  facts: { budget: "b", scope: "run" },
  replay: "safe",
});

/** Notes what it is asked and told. */
function noting(name: string, log: string[], ends: ModelAttempt[] = []): AttemptGuard {
  return {
    begin({ provider, modelId, purpose }) {
      log.push(`${name} asked of ${purpose} ${provider}/${modelId}`);
      return {
        end(attempt) {
          log.push(`${name} told ${attempt.outcome}${attempt.errorCode ? ` ${attempt.errorCode}` : ""}`);
          ends.push(attempt);
        },
      };
    },
  };
}

const typesOf = async (events: AsyncIterable<ModelEvent>): Promise<string[]> => {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
};

async function read(model: LanguageModel, guards: readonly AttemptGuard[], signal?: AbortSignal) {
  return model.stream(REQUEST, { guards, signal }).result();
}

describe("a guarded model", () => {
  it("asks all guards in order before the call, and tells them before the finish", async () => {
    const log: string[] = [];
    const model = guarded(scriptedModel([{ text: "ok" }]));
    for await (const { type } of model.stream(REQUEST, { guards: [noting("a", log), noting("b", log)] })) {
      log.push(type);
    }
    expect(log).toEqual([
      "a asked of first scripted/plan",
      "b asked of first scripted/plan",
      "start",
      "text-delta",
      "a told completed",
      "b told completed",
      "finish",
    ]);
  });

  it("is not called when a guard refuses, and tells those before it that the attempt never was", async () => {
    const log: string[] = [];
    const ends: ModelAttempt[] = [];
    const inner = scriptedModel([{ text: "ok" }]);
    const refusing: AttemptGuard = {
      begin() {
        throw NO;
      },
    };
    await expect(read(guarded(inner), [noting("a", log, ends), refusing, noting("c", log)])).rejects.toBe(NO);
    expect(log).toEqual(["a asked of first scripted/plan", "a told aborted refused"]);
    expect(ends).toMatchObject([{ usage: {}, costUsd: 0 }]);
    expect(inner.requests).toHaveLength(0);
  });

  it("is not called when its caller leaves while a guard still thinks", async () => {
    const log: string[] = [];
    const ends: ModelAttempt[] = [];
    const inner = scriptedModel([{ text: "ok" }]);
    let grant = () => {};
    const thinking = new Promise<void>((resolve) => {
      grant = resolve;
    });
    const slow: AttemptGuard = {
      async begin(plan, call) {
        await thinking;
        return noting("slow", log, ends).begin(plan, call);
      },
    };
    const caller = new AbortController();
    const pending = read(guarded(inner), [slow], caller.signal);
    const reason = new Error("prospect hung up");
    await Promise.resolve();
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);

    grant();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(log.at(-1)).toMatch(/^slow told aborted/);
    expect(ends).toMatchObject([{ usage: {}, costUsd: 0 }]);
    expect(inner.requests).toHaveLength(0);
  });

  it.each<[string, ScriptedReply, Partial<ModelAttempt>]>([
    [
      "an answer",
      { text: "four", costUsd: 0.25 },
      { outcome: "completed", costUsd: 0.25, usage: { inputTokens: 10, outputTokens: 5 } },
    ],
    [
      "a refusal of the vendor's, which costs nothing",
      {
        error: new SalesAgentError("model.rate_limited", {
          message: "later",
          facts: { provider: "s", modelId: "p" },
          replay: "safe",
        }),
      },
      { outcome: "failed", errorCode: "model.rate_limited", usage: {}, costUsd: 0 },
    ],
    [
      "an answer that breaks off, by estimate",
      { text: "x".repeat(400), error: new Error("odd") },
      {
        outcome: "failed",
        errorCode: "internal",
        estimated: true,
        usage: { inputTokens: 100, outputTokens: 100 },
        costUsd: 0.0002,
      },
    ],
  ])("tells of %s", async (_, reply, expected) => {
    const ends: ModelAttempt[] = [];
    await read(guarded(scriptedModel([reply])), [noting("a", [], ends)]).catch(() => {});
    expect(ends).toEqual([expect.objectContaining(expected)]);
  });

  it("tells of an answer that its reader left", async () => {
    const ends: ModelAttempt[] = [];
    const stream = guarded(scriptedModel([{ text: ["x".repeat(40), "y"] }])).stream(REQUEST, {
      guards: [noting("a", [], ends)],
    });
    for await (const { type } of stream) if (type === "text-delta") break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toMatchObject([{ outcome: "aborted", errorCode: "aborted", usage: { outputTokens: 10 } }]);
  });

  it("answers although a guard fails at the end, whose failure changes nothing any more", async () => {
    const rude: AttemptGuard = {
      begin: () => ({
        end() {
          throw new Error("rude");
        },
      }),
    };
    const sad: AttemptGuard = { begin: async () => ({ end: () => Promise.reject(new Error("sad")) }) };
    expect(await read(guarded(scriptedModel([{ text: "ok" }])), [rude, sad])).toMatchObject({ text: "ok" });
  });

  it("begins its answer before the first token is there", async () => {
    const stream = guarded(scriptedModel([{ text: "ok", until: new Promise(() => {}) }])).stream(REQUEST, {
      guards: [noting("a", [])],
    });
    const events = stream[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: "start" } });
    await events.return?.();
  });

  it("keeps the model's grammar without guards", async () => {
    expect(await typesOf(guarded(scriptedModel([{ text: "ok" }])).stream(REQUEST))).toEqual([
      "start",
      "text-delta",
      "finish",
    ]);
  });
});

describe("withGuard", () => {
  it("asks its guard after those of the call, and never twice", async () => {
    const log: string[] = [];
    const own = noting("own", log);
    const model = withGuard(withGuard(scriptedModel([{ text: "ok" }, { text: "ok" }]), own), own);
    await read(model, [noting("call", log)]);
    await read(model, [own]);
    expect(log.filter((line) => line.includes("asked"))).toEqual([
      "call asked of first scripted/plan",
      "own asked of first scripted/plan",
      "own asked of first scripted/plan",
    ]);
  });
});
