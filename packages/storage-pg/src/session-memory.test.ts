import { defineAgent } from "@salesagent/core";
import { createMemory, type MemoryOptions } from "@salesagent/core/memory";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { type EmbeddingModel, type Message, userMessage } from "@salesagent/ports";
import { afterAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase } from "./testing/test-database.js";

const database = await createTestDatabase();
const storage = postgres({ connectionString: database.url });
const elsewhere = postgres({ connectionString: database.url });
await storage.migrate();
afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Texts of the same length are alike. */
const embeddings: EmbeddingModel = {
  ...{ port: "embedding-model/1", provider: "test", modelId: "lengths", maxInputs: 100 },
  embed: async (inputs) => ({
    vectors: inputs.map((text) => new Float32Array([Math.cos(text.length), Math.sin(text.length)])),
    usage: {},
    costUsd: 0,
  }),
};

const memoryOf = (options: Partial<MemoryOptions> = {}) => createMemory({ storage, ...options });
const answer = (text: string): Message => ({ role: "assistant", parts: [{ type: "text", text }] });
const talk = (count: number) =>
  Array.from({ length: count }, (_, turn) => [
    userMessage(`turn ${turn} ${"word ".repeat(20)}`),
    answer("Yes."),
  ]).flat();

describe("a session memory on Postgres", () => {
  it("adds what a run said once, whichever process is first", async () => {
    const tenant = "once";
    const memories = [memoryOf(), memoryOf({ storage: elsewhere })];
    const call = { tenant, runId: "run-1", once: true };
    const added = await Promise.all(
      Array.from({ length: 6 }, (_, index) => memories[index % 2]?.append("t", talk(1), call)),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await memoryOf().context("t", { tenant })).toMatchObject({ messages: talk(1), length: 2 });
  });

  it("lets the summary stand that tells of more, and leaves nothing out", async () => {
    const tenant = "summaries";
    const window = { maxTokens: 1_000, summariseAboveTokens: 300, keepTokens: 100 };
    const summariser = scriptedModel(() => ({ text: "They talked." }));
    const memories = [storage, elsewhere].map((its) => memoryOf({ storage: its, summariser, window }));
    for (let round = 0; round < 5; round++) {
      await memories[0]?.append("t", talk(8), { tenant });
      const told = await Promise.all(memories.map((memory) => memory.context("t", { tenant })));
      for (const { summary, from, droppedMessages } of told) {
        expect(droppedMessages).toBe(0);
        expect(summary?.upTo).toBe(from - 1);
      }
    }
  });

  it("keeps facts with their vectors, and forgets a person with all of it", async () => {
    const tenant = "people";
    const memory = memoryOf({ embeddings });
    const model = scriptedModel([{ text: "Hello Bo Diddley!" }]);
    const agent = defineAgent({ name: "seller", instructions: "Sell.", model, memory, storage });
    await agent.run("I am bo@figma.example.", { tenant, threadId: "call-7" }).output();
    await memory.append("other", [userMessage("Ask Bo Diddley.")], { tenant });
    await memory.remember(
      [
        { subject: "person:bo", text: "Likes tea." },
        { subject: "figma", text: "Bo Diddley decides." },
        { subject: "figma", text: "Has seats." },
      ],
      { tenant },
    );
    expect(await memory.recall({ query: "Has money." }, { tenant })).toHaveLength(2);
    const mentions = ["bo@figma.example", "Bo Diddley"];
    const bo = { mentions, threadIds: ["call-7"], subjects: ["person:bo"] };
    const found = await memory.find(bo, { tenant });
    const { stores } = await memory.forget(bo, { tenant, by: "user:1" });
    expect(stores).toEqual(found);
    expect(await memory.find(bo, { tenant })).toEqual([]);
    expect(await memory.recall({}, { tenant })).toMatchObject([{ text: "Has seats." }]);
    expect(await memory.recall({ query: "Has money." }, { tenant })).toMatchObject([{ text: "Has seats." }]);
    expect(await memory.context("call-7", { tenant })).toMatchObject({ length: 0 });
    const tables = await database.query(
      "select * from information_schema.tables where table_schema = 'salesagent'",
    );
    for (const { table_name: name } of tables) {
      const [row] = await database.query(
        `select count(*)::int as count from salesagent."${name}" t where t::text ~* 'bo@figma|bo diddley'`,
      );
      expect({ name, count: row?.["count"] }).toEqual({ name, count: 0 });
    }
    expect(tables.length).toBeGreaterThan(10);
  });
});
