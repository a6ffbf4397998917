import { manualClock } from "@salesagent/conformance";
import { type EmbeddingModel, SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createLedger } from "../budget/index.js";
import { createMemory } from "./create-memory.js";
import type { MemoryOptions } from "./memory-options.js";

const acme = { tenant: "acme" };

/** Knows that money and budgets are alike; all other texts are like nothing it knows. */
function concepts(fail: () => Error | undefined = () => undefined): EmbeddingModel & { calls: string[][] } {
  const calls: string[][] = [];
  return {
    ...{ port: "embedding-model/1", provider: "test", modelId: "concepts", maxInputs: 100, calls },
    price: { input: 1, output: 0, asOf: "2026-01-01" },
    async embed(inputs) {
      calls.push([...inputs]);
      const error = fail();
      if (error) throw error;
      const vectors = inputs.map((text) => {
        const money = /budget|money|EUR/.test(text);
        return new Float32Array(money ? [1, 0, 0.1] : /seat|team/.test(text) ? [0, 1, 0.1] : [0, 0, 1]);
      });
      return { vectors, usage: { inputTokens: 10 }, costUsd: 0.001 };
    },
  };
}

function setUp(options: Partial<MemoryOptions> = {}) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  return { clock, storage, errors, memory: createMemory({ storage, clock, onError, ...options }) };
}

const texts = (facts: readonly { readonly text: string }[]) => facts.map(({ text }) => text);

describe("facts", () => {
  it("are kept as they were given, and listed by subject and thread, the latest first", async () => {
    const { memory, clock } = setUp({ createId: () => "fact-1" });
    const [kept] = await memory.remember(
      [{ subject: "person:bo", text: "Decides.", threadId: "t", data: { sure: true } }],
      { ...acme, runId: "run-1" },
    );
    const createdAt = new Date(clock.now()).toISOString();
    const rest = { text: "Decides.", threadId: "t", runId: "run-1", data: { sure: true }, createdAt };
    expect(kept).toEqual({ id: "fact-1", subject: "person:bo", ...rest });
    clock.advance(1);
    await memory.remember([{ id: "2", subject: "person:bo", text: "Has moved." }], acme);
    expect(texts(await memory.recall({ subject: "person:bo" }, acme))).toEqual(["Has moved.", "Decides."]);
    expect(texts(await memory.recall({ threadId: "t" }, acme))).toEqual(["Decides."]);
    expect(texts(await memory.recall({ limit: 1 }, acme))).toEqual(["Has moved."]);
    expect(await memory.recall({}, { tenant: "globex" })).toEqual([]);
    expect(await memory.remember([], acme)).toEqual([]);
  });

  it("are kept all or none", async () => {
    const { memory } = setUp();
    const facts = [
      { subject: "s", text: "Good." },
      { subject: "s", text: "" },
    ];
    await expect(memory.remember(facts, acme)).rejects.toMatchObject({ code: "store.invalid" });
    expect(await memory.recall({}, acme)).toEqual([]);
  });

  it("are found by their words without embeddings, rare words first", async () => {
    const { memory } = setUp();
    await memory.remember(
      ["The team has 40 seats.", "The team is in Köln.", "The budget is 10,000 EUR.", "She likes tea."].map(
        (text) => ({ subject: "figma.com", text }),
      ),
      acme,
    );
    const found = texts(await memory.recall({ query: "The team is of what BUDGET?" }, acme));
    expect(found).not.toContain("She likes tea.");
    expect(found).toContain("The team has 40 seats.");
    await memory.remember(
      Array.from({ length: 8 }, (_, index) => ({ subject: "x", text: `A team is number ${index}.` })),
      acme,
    );
    const [first] = await memory.recall({ query: "A team is of what budget?" }, acme);
    expect(first?.text).toBe("The budget is 10,000 EUR.");
    expect(texts(await memory.recall({ query: "KÖLN" }, acme))).toEqual(["The team is in Köln."]);
    expect(await memory.recall({ query: "nothing" }, acme)).toEqual([]);
    expect(await memory.recall({ query: " " }, acme)).toHaveLength(12);
    await memory.remember([{ subject: "s", text: "预算是一万欧元" }], acme);
    expect(texts(await memory.recall({ query: "预算" }, acme))).toEqual(["预算是一万欧元"]);
  });

  it("are found by their meaning with embeddings, only of what was asked for", async () => {
    const { memory, clock } = setUp({ embeddings: concepts() });
    await memory.remember([{ subject: "a", text: "The budget is small.", threadId: "t" }], acme);
    clock.advance(1);
    await memory.remember([{ subject: "b", text: "Has 10,000 EUR." }], acme);
    await memory.remember([{ subject: "a", text: "Has 40 seats." }], acme);
    expect(texts(await memory.recall({ query: "money" }, acme)).sort()).toEqual([
      "Has 10,000 EUR.",
      "The budget is small.",
    ]);
    expect(texts(await memory.recall({ query: "money", subject: "b" }, acme))).toEqual(["Has 10,000 EUR."]);
    expect(texts(await memory.recall({ query: "money", threadId: "t" }, acme))).toEqual([
      "The budget is small.",
    ]);
    expect(await memory.recall({ query: "money", limit: 1 }, acme)).toHaveLength(1);
    expect(await memory.recall({ query: "money" }, { tenant: "globex" })).toEqual([]);
  });

  it("are not found by what they said before, nor once they are over or removed", async () => {
    const { memory, clock } = setUp({ embeddings: concepts() });
    const expiresAt = new Date(clock.now() + 1_000).toISOString();
    await memory.remember(
      [
        { id: "1", subject: "a", text: "The budget is small." },
        { id: "2", subject: "a", text: "Money is there.", expiresAt },
        { id: "3", subject: "a", text: "Has 10 EUR." },
      ],
      acme,
    );
    await memory.remember([{ id: "1", subject: "a", text: "Likes tea." }], acme);
    await memory.removeFacts(["3", "none"], acme);
    expect(texts(await memory.recall({ query: "money" }, acme))).toEqual(["Money is there."]);
    clock.advance(1_000);
    expect(await memory.recall({ query: "money" }, acme)).toEqual([]);
    expect(texts(await memory.recall({}, acme))).toEqual(["Likes tea."]);
  });

  it("are kept and found by their words while the embeddings fail, which the host is told", async () => {
    let down: Error | undefined = new Error("down");
    const { memory, errors } = setUp({ embeddings: concepts(() => down) });
    await memory.remember([{ subject: "a", text: "The budget is small." }], acme);
    expect(texts(await memory.recall({ query: "budget" }, acme))).toEqual(["The budget is small."]);
    expect(errors).toEqual([down, down]);
    down = undefined;
    expect(texts(await memory.recall({ query: "budget" }, acme))).toEqual(["The budget is small."]);
    expect(await memory.recall({ query: "money" }, acme)).toEqual([]);
  });

  it("are not found by what they said before when the embeddings fail for what they say now", async () => {
    let down: Error | undefined;
    const { memory } = setUp({ embeddings: concepts(() => down) });
    await memory.remember([{ id: "1", subject: "a", text: "The budget is small." }], acme);
    down = new Error("down");
    await memory.remember([{ id: "1", subject: "a", text: "Likes tea." }], acme);
    down = undefined;
    expect(await memory.recall({ query: "money" }, acme)).toEqual([]);
  });

  it("are kept where the vectors are of no use", async () => {
    const useless: EmbeddingModel = {
      ...concepts(),
      embed: async (inputs) => ({ vectors: inputs.map(() => new Float32Array(3)), usage: {} }),
    };
    const { memory, errors } = setUp({ embeddings: useless });
    await memory.remember([{ subject: "a", text: "The budget is small." }], acme);
    expect(texts(await memory.recall({ query: "budget" }, acme))).toEqual(["The budget is small."]);
    expect(errors.map((error) => SalesAgentError.is(error, "store.invalid"))).toEqual([true, true]);
  });

  it("are embedded in one call, which is on record, and in none when a guard forbids it", async () => {
    const { storage, clock } = setUp();
    const ledger = createLedger({ storage, clock });
    const embeddings = concepts();
    const memory = createMemory({ storage, clock, embeddings, guards: [ledger] });
    const facts = [
      { subject: "a", text: "One." },
      { subject: "a", text: "Two." },
    ];
    await memory.remember(facts, { ...acme, scope: { agent: "seller" } });
    await ledger.flush();
    expect(embeddings.calls).toEqual([["One.", "Two."]]);
    expect((await storage.tenant("acme").modelCalls.list()).items).toMatchObject([
      { modelId: "concepts", agent: "seller", costUsd: 0.001 },
    ]);
    const forbids = { begin: () => Promise.reject(new Error("no")) };
    await memory.remember(facts, { ...acme, guards: [forbids] });
    expect(embeddings.calls).toHaveLength(1);
  });

  it("are not kept when the caller leaves first", async () => {
    const caller = new AbortController();
    const slow = { ...concepts(), embed: () => new Promise<never>(() => {}) };
    const { memory, errors } = setUp({ embeddings: slow });
    const pending = memory.remember([{ subject: "a", text: "One." }], { ...acme, signal: caller.signal });
    caller.abort(new Error("hung up"));
    await expect(pending).rejects.toThrow("hung up");
    expect(await memory.recall({}, acme)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("of a context are chosen by meaning where not all fit, and by no embedding where they do", async () => {
    const embeddings = concepts();
    const { memory, clock } = setUp({ embeddings, window: { maxTokens: 800 } });
    await memory.remember([{ subject: "a", text: "The budget is small." }], acme);
    const facts = { subjects: ["a"], query: "money" };
    await memory.context("t", { ...acme, facts });
    expect(embeddings.calls).toHaveLength(1);
    clock.advance(1);
    await memory.remember(
      Array.from({ length: 20 }, (_, index) => ({ subject: "a", text: `Likes the number ${index}.` })),
      acme,
    );
    await memory.remember([{ subject: "b", text: "Has 10,000 EUR." }], acme);
    const told = await memory.context("t", { ...acme, facts });
    expect(told.facts[0]?.text).toBe("The budget is small.");
    expect(texts(told.facts)).not.toContain("Has 10,000 EUR.");
  });
});
