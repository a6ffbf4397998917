import { manualClock } from "@salesagent/conformance";
import { type EmbeddingModel, userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/index.js";
import { withCache } from "./with-cache.js";
import { withSemanticCache } from "./with-semantic-cache.js";

const TENANTS = ["acme", "globex", "acme/1", 'a","b'];
const ask = (text: string) => ({ messages: [userMessage(text)] });

/** A vector of letter counts: texts of the same letters are the same to it. */
const letterCounts: EmbeddingModel = {
  port: "embedding-model/1",
  provider: "letters",
  modelId: "counts",
  maxInputs: 1,
  embed: async (inputs) => ({
    vectors: inputs.map((text) => {
      const counts = new Float32Array(26);
      for (const letter of text) {
        const index = letter.charCodeAt(0) % counts.length;
        counts[index] = (counts[index] ?? 0) + 1;
      }
      return counts;
    }),
    usage: {},
    costUsd: 0,
  }),
};

describe("caches on a storage", () => {
  it("keep what any model may write, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), fc.jsonValue(), async (text, input) => {
        await using storage = memoryStorage();
        const told: unknown[] = [];
        const inner = scriptedModel(({ seed }) =>
          seed
            ? { text, reasoning: `${text}\ud800\0` }
            : { text, toolCalls: [{ name: "x", input: input as never }] },
        );
        const options = {
          storage,
          tenant: "acme",
          cacheTools: true,
          onStoreError: (error: unknown) => told.push(error),
        };
        const model = withCache(inner, options);
        for (const seed of [0, 1]) {
          const original = await model.stream({ ...ask("Go."), seed }).result();
          const kept = await model.stream({ ...ask("Go."), seed }).result();
          expect(kept.cache).toBeDefined();
          expect(JSON.stringify(kept.message)).toBe(JSON.stringify(original.message));
        }
        expect(told).toEqual([]);
      }),
    );
  });

  it("never give one tenant what another was answered", async () => {
    const call = fc.record({
      tenant: fc.constantFrom(...TENANTS),
      text: fc.constantFrom("ab", "ba", "c", "xyz"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 20 }), fc.boolean(), async (calls, byMeaning) => {
        await using storage = memoryStorage();
        const tenantOf: string[] = [];
        const inner = scriptedModel((_, index) => ({ text: `${index}` }));
        const model = byMeaning
          ? withSemanticCache(inner, { storage, embeddings: letterCounts })
          : withCache(inner, { storage });
        for (const { tenant, text } of calls) {
          const result = await model.stream(ask(text), { scope: { tenant } }).result();
          if (!result.cache) tenantOf.push(tenant);
          expect(tenantOf[Number(result.text)]).toBe(tenant);
        }
        const names = new Set(
          calls.map(({ tenant, text }) => `${tenant} ${byMeaning ? [...text].sort().join("") : text}`),
        );
        expect(inner.requests).toHaveLength(names.size);
      }),
    );
  });

  it("are shared by all models on it, and forget in time", async () => {
    const clock = manualClock();
    await using storage = memoryStorage({ clock });
    const inner = scriptedModel((_, index) => ({ text: `${index}` }));
    const options = { storage, clock, tenant: "acme", ttlMs: 1_000 };
    const models = [withCache(inner, options), withCache(inner, options)];
    for (const model of models) expect((await model.stream(ask("Go.")).result()).text).toBe("0");
    clock.advance(1_000);
    for (const model of models) expect((await model.stream(ask("Go.")).result()).text).toBe("1");
  });

  it("are done without when it was closed", async () => {
    const storage = memoryStorage();
    await storage[Symbol.asyncDispose]();
    const told: unknown[] = [];
    const model = withCache(scriptedModel([{ text: "hi" }]), {
      storage,
      tenant: "acme",
      onStoreError: (error) => told.push(error),
    });
    expect((await model.stream(ask("Go.")).result()).text).toBe("hi");
    expect(told).toMatchObject([{ code: "store.closed" }, { code: "store.closed" }]);
  });
});
