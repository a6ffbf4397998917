import { manualClock } from "@salesagent/conformance";
import {
  type AttemptGuard,
  type EmbeddingModel,
  type ModelAttempt,
  type ModelCallOptions,
  type ModelRequest,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/index.js";
import { doubleStorage } from "./testing/double-storage.js";
import { turn } from "./testing/paced-model.js";
import { withCache } from "./with-cache.js";
import { type SemanticCacheOptions, withSemanticCache } from "./with-semantic-cache.js";

const ACME = { scope: { tenant: "acme" } } as const;

/** Texts of one topic are alike, and less so the more other words they have. */
const VECTORS: Readonly<Record<string, readonly number[]>> = {
  "What does it cost?": [1, 0, 0],
  "How much is it?": [1, 0.1, 0],
  "How much is it, roughly, for a large team?": [1, 0.4, 0],
  "Who founded Figma?": [0, 0, 1],
};

function fakeEmbeddings(overrides: Partial<EmbeddingModel> = {}) {
  const embedded: string[] = [];
  const embeddings: EmbeddingModel = {
    port: "embedding-model/1",
    provider: "fake",
    modelId: "embed",
    maxInputs: 8,
    price: { input: 1, output: 0, asOf: "2026-01-01" },
    async embed(inputs) {
      embedded.push(...inputs);
      const vectors = inputs.map((text) => Float32Array.from(VECTORS[text] ?? [1, 1, 1]));
      return { vectors, usage: { inputTokens: 4, outputTokens: 0 }, costUsd: 0.000004 };
    },
    ...overrides,
  };
  return { embeddings, embedded };
}

function setUp(options: Partial<SemanticCacheOptions> = {}, overrides: Partial<EmbeddingModel> = {}) {
  const [storage, clock] = [doubleStorage(), manualClock()];
  const inner = scriptedModel((_, index) => ({ text: `answer ${index}` }));
  const { embeddings, embedded } = fakeEmbeddings(overrides);
  const model = withSemanticCache(inner, { storage, clock, embeddings, ...options });
  const ask = (request: ModelRequest | string, call: ModelCallOptions = ACME) =>
    model.stream(typeof request === "string" ? { messages: [userMessage(request)] } : request, call).result();
  return { storage, clock, inner, embeddings, embedded, model, ask };
}

describe("withSemanticCache", () => {
  it("answers what means the same, and counts the embedding", async () => {
    const { ask, clock, inner } = setUp();
    const first = await ask("What does it cost?");
    clock.advance(3_000);
    const second = await ask("How much is it?");

    expect(first).toMatchObject({
      text: "answer 0",
      costUsd: 0.000014,
      attempts: [
        {
          provider: "fake",
          modelId: "embed",
          outcome: "completed",
          usage: { inputTokens: 4 },
          costUsd: 0.000004,
        },
        { provider: "scripted", outcome: "completed", costUsd: 0.00001 },
      ],
    });
    expect(first.cache).toBeUndefined();
    expect(second).toMatchObject({
      text: "answer 0",
      message: first.message,
      usage: {},
      costUsd: 0.000004,
      attempts: [{ provider: "fake" }],
      cache: { kind: "semantic", ageMs: 3_000 },
    });
    expect(second.cache?.similarity).toBeCloseTo(0.995, 3);
    expect(inner.requests).toHaveLength(1);
  });

  it("asks the model about what is less alike than told", async () => {
    const strict = setUp();
    await strict.ask("What does it cost?");
    expect((await strict.ask("How much is it, roughly, for a large team?")).text).toBe("answer 1");
    expect((await strict.ask("Who founded Figma?")).text).toBe("answer 2");
    const lax = setUp({ minSimilarity: 0.9 });
    await lax.ask("What does it cost?");
    expect((await lax.ask("How much is it, roughly, for a large team?")).text).toBe("answer 0");
  });

  const question = userMessage("What does it cost?");
  const same = userMessage("How much is it?");
  it.each<[string, ModelRequest, ModelCallOptions?]>([
    ["system text", { messages: [systemMessage("Lie."), same] }],
    ["earlier message", { messages: [userMessage("Of Figma."), { role: "assistant", parts: [] }, same] }],
    ["output schema", { messages: [same], output: { name: "o", schema: {} } }],
    ["sampling", { messages: [same], temperature: 0 }],
    ["vendor's option", { messages: [same], providerOptions: { scripted: { a: 1 } } }],
    ["tenant", { messages: [same] }, { scope: { tenant: "other" } }],
    ["lead", { messages: [same] }, { scope: { tenant: "acme", leadId: "2" } }],
    ["task", { messages: [same] }, { ...ACME, task: "drafting" }],
    ["host's part", { messages: [same], seed: 7 }],
  ])("does not answer across another %s", async (_, request, call) => {
    const { ask } = setUp({ keyParts: ({ seed = 0 }) => seed });
    await ask({ messages: [question] });
    expect((await ask(request, call)).cache).toBeUndefined();
    expect((await ask({ messages: [same] })).cache).toBeDefined();
  });

  it.each([
    ["Price for 5 seats?", "Price for 50 seats?"],
    ["Is it $500?", "Is it €500?"],
    ["Is it at -5 %?", "Is it at 5 %?"],
    ["Write to ada@figma.com.", "Write to bob@figma.com."],
    ["Who owns figma.com?", "Who owns sigma.com?"],
    ["From 1 to 2?", "From 2 to 1?"],
  ])("holds numbers, addresses and names of sites apart: %s %s", async (left, right) => {
    const { ask } = setUp();
    await ask(left);
    expect((await ask(right)).cache).toBeUndefined();
    expect((await ask(left.replace(/[?.]$/, "!"))).cache).toMatchObject({ kind: "semantic", similarity: 1 });
  });

  const tool = { name: "x", description: "x", inputSchema: {} };
  const file = { type: "file", mediaType: "image/png", data: { base64: "" }, origin: "user" } as const;
  it.each<[string, ModelRequest, ModelCallOptions?]>([
    ["text from outside", { messages: [userMessage("What does it cost?", "external")] }],
    [
      "some text from outside",
      {
        messages: [{ role: "user", parts: [...question.parts, ...userMessage("Hi", "external").parts] }],
      },
    ],
    ["a file", { messages: [{ role: "user", parts: [...question.parts, file] }] }],
    ["tools", { messages: [question], tools: [tool] }],
    ["a last message that is not the user's", { messages: [question, { role: "assistant", parts: [] }] }],
    ["nothing in it", { messages: [userMessage("  ")] }],
    ["a long text", { messages: [userMessage("x".repeat(2_001))] }],
    ["no message", { messages: [] }],
    ["no tenant", { messages: [question] }, {}],
    ["a prompt that must stay local", { messages: [question] }, { ...ACME, locality: "local" }],
  ])("does not compare a request with %s", async (_, request, call) => {
    const { ask, embedded, inner } = setUp();
    for (let round = 0; round < 2; round++) expect((await ask(request, call)).cache).toBeUndefined();
    expect(embedded).toEqual([]);
    expect(inner.requests).toHaveLength(2);
  });

  it("compares what must stay local where the embedding model is local, too", async () => {
    const { ask } = setUp({ embeddingsLocality: "local" });
    const call = { ...ACME, locality: "local" } as const;
    await ask("What does it cost?", call);
    expect((await ask("How much is it?", call)).cache).toBeDefined();
  });

  it("does not find an answer whose time is over", async () => {
    const { ask, clock } = setUp({ ttlMs: 1_000 });
    await ask("What does it cost?");
    clock.advance(1_000);
    expect((await ask("What does it cost?")).cache).toBeUndefined();
  });

  it("takes what can't be read for a miss", async () => {
    const storage = doubleStorage();
    const { vectors } = storage.tenant("acme");
    const damaged = [null, { answer: "{", createdAt: "x", expiresAt: "y" }, { answer: 1 }];
    for (const data of damaged) {
      const nearest: typeof vectors.nearest = async () => [{ id: "a", similarity: 1, data }];
      const { ask } = setUp({ storage: { tenant: () => ({ vectors: { ...vectors, nearest } }) } });
      expect(await ask("What does it cost?")).toMatchObject({ text: "answer 0" });
    }
  });

  it("keeps only what the exact cache would keep", async () => {
    const { storage, embeddings } = setUp();
    for (const reply of [{ text: "Hel", finish: "length" }, { text: "" }] as const) {
      const model = withSemanticCache(scriptedModel([reply, reply]), { storage, embeddings });
      const request = { messages: [userMessage("Who founded Figma?")] };
      for (let round = 0; round < 2; round++) {
        expect((await model.stream(request, ACME).result()).cache).toBeUndefined();
      }
    }
  });

  it("asks guards for the embedding as for any attempt", async () => {
    const { ask } = setUp();
    const asked: unknown[] = [];
    const ended: ModelAttempt[] = [];
    const guard: AttemptGuard = {
      begin(plan) {
        asked.push([plan.modelId, plan.scope.tenant, plan.ceiling().costUsd]);
        return { end: (attempt) => void ended.push(attempt) };
      },
    };
    const call = { ...ACME, guards: [guard] };
    await ask("What does it cost?", call);
    await ask("How much is it?", call);
    expect(asked.map((entry) => (entry as unknown[])[0])).toEqual(["embed", "plan", "embed"]);
    expect(asked[0]).toEqual(["embed", "acme", expect.any(Number)]);
    expect(ended.map(({ modelId, costUsd }) => [modelId, costUsd])).toEqual([
      ["embed", 0.000004],
      ["plan", 0.00001],
      ["embed", 0.000004],
    ]);
  });

  it("goes on without an embedding that fails, tells the host, and counts the attempt", async () => {
    const told: unknown[] = [];
    const failure = new Error("away");
    const { ask } = setUp(
      { onStoreError: (error, step) => told.push([error, step]) },
      {
        embed: () => Promise.reject(failure),
      },
    );
    const result = await ask("What does it cost?");
    expect(result).toMatchObject({
      text: "answer 0",
      attempts: [{ provider: "fake", outcome: "failed", errorCode: "internal" }, { provider: "scripted" }],
    });
    expect(told).toEqual([[failure, "embed"]]);
  });

  it("goes on without an embedding that a guard forbids", async () => {
    const { ask, embedded } = setUp();
    const guard: AttemptGuard = {
      begin({ modelId }) {
        if (modelId === "embed") throw new Error("too dear");
        return { end() {} };
      },
    };
    const result = await ask("What does it cost?", { ...ACME, guards: [guard] });
    expect(result).toMatchObject({
      text: "answer 0",
      costUsd: 0.00001,
      attempts: [{ provider: "scripted" }],
    });
    expect(embedded).toEqual([]);
  });

  it("does not know the cost when that of the embedding is unknown", async () => {
    const { ask } = setUp({}, { embed: async () => ({ vectors: [Float32Array.of(1)], usage: {} }) });
    expect("costUsd" in (await ask("What does it cost?"))).toBe(false);
  });

  it("goes on without an embedding that takes too long, and tells its guards", async () => {
    const told: unknown[] = [];
    const ended: ModelAttempt[] = [];
    const guard: AttemptGuard = { begin: () => ({ end: (attempt) => void ended.push(attempt) }) };
    const { ask, clock } = setUp(
      { embeddingTimeoutMs: 700, onStoreError: (error) => told.push(error) },
      {
        embed: () => new Promise(() => {}),
      },
    );
    const result = ask("What does it cost?", { ...ACME, guards: [guard] });
    while (clock.pendingTimers === 0) await turn();
    clock.advance(700);
    expect(await result).toMatchObject({
      text: "answer 0",
      timings: { totalMs: 701, firstTokenMs: 701 },
      attempts: [{ startedMs: 0 }, { provider: "scripted", startedMs: 700 }],
    });
    expect(told).toMatchObject([{ code: "call.timed_out", facts: { limitMs: 700 } }]);
    expect(ended).toMatchObject([
      { modelId: "embed", outcome: "failed", errorCode: "call.timed_out", latencyMs: 700 },
      {},
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("ends with the caller's own reason while it embeds", async () => {
    const ended: ModelAttempt[] = [];
    const guard: AttemptGuard = { begin: () => ({ end: (attempt) => void ended.push(attempt) }) };
    const { ask, clock, inner } = setUp({}, { embed: () => new Promise(() => {}) });
    const controller = new AbortController();
    const result = ask("What does it cost?", { ...ACME, guards: [guard], signal: controller.signal });
    while (clock.pendingTimers === 0) await turn();
    await turn();
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    await turn();
    expect(ended).toMatchObject([{ modelId: "embed", outcome: "aborted" }]);
    expect(inner.requests).toHaveLength(0);
  });

  it("goes on without a store that fails", async () => {
    const told: string[] = [];
    const storage = {
      tenant: () => {
        throw new Error("away");
      },
    };
    const { ask } = setUp({ storage, onStoreError: (_, step) => told.push(step) });
    expect((await ask("What does it cost?")).text).toBe("answer 0");
    expect(told).toEqual(["read", "write"]);
  });

  it("shares one flight, embedding included, under the exact cache", async () => {
    const { model, embedded, inner } = setUp();
    const both = withCache(model, { storage: doubleStorage() });
    const request = { messages: [question] };
    const results = await Promise.all(Array.from({ length: 20 }, () => both.stream(request, ACME).result()));
    expect([embedded.length, inner.requests.length]).toEqual([1, 1]);
    expect(results.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)).toBe(0.000014);
  });

  const storage = doubleStorage();
  const { embeddings } = fakeEmbeddings();
  it.each<[string, object]>([
    ["semanticCache.storage", { embeddings }],
    ["semanticCache.embeddings", { storage }],
    ["semanticCache.ttlMs", { storage, embeddings, ttlMs: -1 }],
    ["semanticCache.minSimilarity", { storage, embeddings, minSimilarity: 0 }],
    ["semanticCache.minSimilarity", { storage, embeddings, minSimilarity: 1.1 }],
    ["semanticCache.maxTextChars", { storage, embeddings, maxTextChars: 0 }],
    ["semanticCache.dimensions", { storage, embeddings, dimensions: 1.5 }],
    ["semanticCache.embeddingsLocality", { storage, embeddings, embeddingsLocality: "moon" }],
    ["semanticCache.embeddingTimeoutMs", { storage, embeddings, embeddingTimeoutMs: Number.NaN }],
  ])("refuses a bad %s when it is made", (path, options) => {
    expect(() => withSemanticCache(scriptedModel([]), options as SemanticCacheOptions)).toThrow(path);
  });
});
