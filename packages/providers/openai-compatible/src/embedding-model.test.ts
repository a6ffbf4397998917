import { SalesAgentError } from "@salesagent/ports";
import type { EmbeddingSettings } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import { createEmbeddingModel } from "./index.js";
import { jsonReply, scriptedFetch } from "./testing/scripted-fetch.js";

const dialect = {
  provider: "acme",
  baseUrl: "https://acme.test/v1",
  keyVariables: ["ACME_API_KEY"],
  keyRequired: true,
  encoding: "base64",
  maxInputs: 2,
  maxTokens: 100,
  prices: { small: { input: 2, output: 0, asOf: "2026-11-01" } },
} as const;

const model = (settings: EmbeddingSettings, modelId = "small") =>
  createEmbeddingModel(modelId, dialect, { apiKey: "sk-planted-1", env: {}, ...settings });

const base64 = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");
const reply = (vectors: readonly { index?: number; embedding: number[] | string }[], tokens = 5) =>
  jsonReply({
    object: "list",
    data: [...vectors],
    model: "small",
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });

describe("an embedding model", () => {
  it("reads base64 and numbers, and orders by index", async () => {
    const { fetch } = scriptedFetch(
      reply([
        { index: 1, embedding: base64(0.5, -2) },
        { index: 0, embedding: [1, 0.25] },
      ]),
    );
    const { vectors, usage, costUsd } = await model({ fetch }).embed(["a", "b"]);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 0.25],
      [0.5, -2],
    ]);
    expect(usage).toEqual({ inputTokens: 5, outputTokens: 0 });
    expect(costUsd).toBe(0.00001);
  });

  it("splits a list by inputs and by tokens, in order, and adds up", async () => {
    const { fetch, sent } = scriptedFetch(
      reply([{ embedding: [1] }, { embedding: [2] }]),
      reply([{ embedding: [3] }]),
      reply([{ embedding: [4] }]),
    );
    const { vectors, usage } = await model({ fetch }).embed(["a", "b", "c", "d".repeat(299)]);
    expect(sent.map(({ body }) => (body["input"] as string[]).length)).toEqual([2, 1, 1]);
    expect(vectors.map((vector) => vector[0])).toEqual([1, 2, 3, 4]);
    expect(usage.inputTokens).toBe(15);
  });

  it("sends the encoding, and the length where one is asked for", async () => {
    const { fetch, sent } = scriptedFetch(reply([{ embedding: [1] }]), reply([{ embedding: [1] }]));
    await model({ fetch }).embed(["a"]);
    await model({ fetch }).embed(["a"], { dimensions: 64 });
    expect(sent[0]?.body).toEqual({ model: "small", input: ["a"], encoding_format: "base64" });
    expect(sent[1]?.body["dimensions"]).toBe(64);
    expect(sent[0]?.url).toBe("https://acme.test/v1/embeddings");
  });

  it("asks nothing for no inputs, and refuses an empty one by its place", async () => {
    const { fetch, sent } = scriptedFetch();
    expect(await model({ fetch }).embed([])).toEqual({
      vectors: [],
      usage: { inputTokens: 0, outputTokens: 0 },
      costUsd: 0,
    });
    await expect(model({ fetch }).embed(["a", ""])).rejects.toThrow(
      new TypeError("inputs[1] is empty: there is nothing to embed"),
    );
    expect(sent).toHaveLength(0);
  });

  it("tells no cost where the price is unknown", async () => {
    const { fetch } = scriptedFetch(reply([{ embedding: [1] }]));
    expect(await model({ fetch }, "other").embed(["a"])).not.toHaveProperty("costUsd");
  });

  it.each([
    ["too few vectors", () => reply([{ embedding: [1] }]), "model.malformed_response"],
    [
      "vectors of two lengths",
      () => reply([{ embedding: [1] }, { embedding: [1, 2] }]),
      "model.malformed_response",
    ],
    [
      "one index twice",
      () =>
        reply([
          { index: 0, embedding: [1] },
          { index: 0, embedding: [2] },
        ]),
      "model.malformed_response",
    ],
    [
      "an index that nobody asked for",
      () =>
        reply([
          { index: 0, embedding: [1] },
          { index: 4_294_967_294, embedding: [2] },
        ]),
      "model.malformed_response",
    ],
    [
      "numbers that are none",
      () => reply([{ embedding: base64(Number.NaN) }, { embedding: [1] }]),
      "model.malformed_response",
    ],
    ["empty vectors", () => reply([{ embedding: [] }, { embedding: [] }]), "model.malformed_response"],
    ["a web page", () => new Response("<title>hi</title>"), "model.malformed_response"],
    [
      "an error under 200",
      () => jsonReply({ error: { message: "no", code: "model_not_found" } }),
      "model.not_found",
    ],
    [
      "a refusal",
      () => jsonReply({ error: { message: "sk-planted-1 is wrong", code: "invalid_api_key" } }, 401),
      "model.auth",
    ],
  ])("fails on %s", async (_, answer, code) => {
    const failure: unknown = await model({ fetch: scriptedFetch(answer).fetch })
      .embed(["a", "b"])
      .catch((error: unknown) => error);
    expect(SalesAgentError.is(failure) && failure.code).toBe(code);
    expect(String(failure)).not.toContain("sk-planted-1");
  });

  it("rejects with the caller's reason at once when it is aborted, and ends the request", async () => {
    const caller = new AbortController();
    let signal: AbortSignal | null | undefined;
    let began: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const fetch = (_: unknown, init?: RequestInit) => {
      signal = init?.signal;
      began();
      return new Promise<Response>(() => {});
    };
    const pending = model({ fetch }).embed(["a"], { signal: caller.signal });
    await begun;
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(signal?.aborted).toBe(true);
    await expect(model({ fetch }).embed(["a"], { signal: caller.signal })).rejects.toBe(reason);
  });
});
