import { manualClock } from "@salesagent/conformance";
import { type EmbeddingModel, type JobEngine, type Storage, userMessage } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createMemory } from "./create-memory.js";
import { answer, textsOf } from "./testing/conversation.js";

const acme = { tenant: "acme" };
const bo = { mentions: ["bo@figma.example", "Bo Diddley"], threadIds: ["call-7"] };

/** All texts are alike. */
const embeddings: EmbeddingModel = {
  ...{ port: "embedding-model/1", provider: "test", modelId: "same", maxInputs: 100 },
  embed: async (inputs) => ({ vectors: inputs.map(() => new Float32Array([1, 0])), usage: {}, costUsd: 0 }),
};

async function setUp(jobs: (engine: JobEngine) => readonly JobEngine[] = (engine) => [engine]) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const engine = memoryJobs({ clock });
  const memory = createMemory({ storage, clock, embeddings, jobs: jobs(engine) });
  const stores = storage.tenant("acme");
  await memory.append("call-7", [userMessage("Hello."), answer("Hello!")], acme);
  await memory.append("other", [userMessage("Ask Bo Diddley."), answer("I will.")], acme);
  await memory.remember(
    [
      { subject: "person:42", text: "Likes tea." },
      { subject: "person:42", text: "Is bo@figma.example." },
      { subject: "figma.com", text: "Has 40 seats.", threadId: "call-7" },
      { subject: "figma.com", text: "Is large." },
    ],
    acme,
  );
  const expiresAt = new Date(clock.now() + 1_000).toISOString();
  const createdAt = new Date(clock.now()).toISOString();
  await stores.cache.put({ key: "a", value: "Bo Diddley decides.", createdAt, expiresAt });
  await engine.enqueue({ queue: "mails", ...acme, payload: { to: "BO@figma.example" } });
  await engine.enqueue({ queue: "mails", tenant: "globex", payload: { to: "bo@figma.example" } });
  return { storage, stores, memory, engine };
}

const auditOf = async (storage: Storage) => (await storage.tenant("acme").audit.list()).items;
const counts = (report: readonly { store: string; records: number }[]) =>
  Object.fromEntries(report.map(({ store, records }) => [store, records]));

describe("forgetting a person", () => {
  it("drops their threads, facts, vectors, cached answers and jobs, and their name everywhere else", async () => {
    const { memory, stores, engine } = await setUp();
    const person = { ...bo, subjects: ["person:42"] };
    const found = await memory.find(person, acme);
    const { stores: erased } = await memory.forget(person, { ...acme, by: "user:1" });
    expect(counts(erased)).toEqual({ ...counts(found), jobs: 1 });
    expect(await stores.messages.thread("call-7")).toBeUndefined();
    const { messages } = await memory.context("other", acme);
    expect(textsOf(messages)).toEqual(["Ask [erased].", "I will."]);
    expect((await memory.recall({}, acme)).map(({ text }) => text)).toEqual(["Is large."]);
    expect((await memory.recall({ query: "tea seats" }, acme)).map(({ text }) => text)).toEqual([
      "Is large.",
    ]);
    expect(await stores.cache.get("a")).toBeUndefined();
    expect(await engine.counts()).toEqual([{ queue: "mails", waiting: 1, running: 0 }]);
    expect(await memory.find(person, acme)).toEqual([]);
  });

  it("finds first what it would change, and changes nothing", async () => {
    const { memory, stores } = await setUp();
    const person = { ...bo, subjects: ["person:42"] };
    const found = counts(await memory.find(person, acme));
    expect(found).toMatchObject({ messages: 3, facts: 3, cache: 1, vectors: 3 });
    expect(await memory.find(person, acme)).toHaveLength(Object.keys(found).length);
    expect(await stores.messages.thread("call-7")).toBeDefined();
    expect(await memory.recall({}, acme)).toHaveLength(4);
    expect(await memory.find(person, { tenant: "globex" })).toEqual([]);
  });

  it("is in the audit trail, by whoever asked for it, without the person's data", async () => {
    const { memory, storage } = await setUp();
    const { auditId } = await memory.forget(
      { ...bo, leadIds: ["lead-of-bo"], subjects: ["person:42"], recordIds: ["record-of-bo"] },
      { ...acme, by: "user:1" },
    );
    const [record] = await auditOf(storage);
    expect(record).toMatchObject({
      ...{ id: auditId, actor: "user:1", action: "person-forgotten", subject: `erasure:${auditId}` },
      facts: {
        completed: true,
        asked: { mentions: 2, threads: 1, leads: 1, subjects: 1, contacts: 1 },
        records: { messages: 3, facts: 3, jobs: 1 },
      },
    });
    expect(JSON.stringify(record)).not.toMatch(/bo@|Diddley|call-7|lead-of-bo|person:42|record-of-bo/i);
  });

  it("does not keep the name of a person who asked for it in the trail", async () => {
    const { memory, storage } = await setUp();
    await memory.forget(bo, { ...acme, by: "user:bo@figma.example" });
    expect(JSON.stringify(await auditOf(storage))).not.toContain("bo@");
  });

  it("touches no other tenant", async () => {
    const { memory, engine } = await setUp();
    await memory.append("call-7", [userMessage("I am Bo Diddley.")], { tenant: "globex" });
    await memory.forget(bo, { ...acme, by: "user:1" });
    expect((await memory.context("call-7", { tenant: "globex" })).length).toBe(1);
    expect(await engine.counts()).toMatchObject([{ waiting: 1 }]);
  });

  it("that stopped half way is on record, and may be made again", async () => {
    let down = true;
    const { memory, storage } = await setUp((engine) => [
      engine,
      {
        ...engine,
        forget: async () => {
          if (down) throw new Error("queue down");
          return 0;
        },
      },
    ]);
    await expect(memory.forget(bo, { ...acme, by: "user:1" })).rejects.toThrow("queue down");
    down = false;
    await memory.forget(bo, { ...acme, by: "user:1" });
    expect((await auditOf(storage)).map(({ facts }) => facts)).toMatchObject([
      { completed: false, errorCode: "internal", records: { jobs: 1 } },
      { completed: true, records: { messages: 3 } },
    ]);
    expect(await memory.find(bo, acme)).toEqual([]);
  });

  it("is refused where nobody asks for it, or nobody can be looked for", async () => {
    const { memory, storage } = await setUp();
    await expect(memory.forget(bo, { ...acme, by: " " })).rejects.toThrow("forget options.by");
    await expect(memory.forget({ mentions: [] }, { ...acme, by: "user:1" })).rejects.toMatchObject({
      code: "store.invalid",
    });
    await expect(memory.find({ mentions: ["x"] }, acme)).rejects.toMatchObject({ code: "store.invalid" });
    expect(await auditOf(storage)).toEqual([]);
  });

  it("drops the vectors of their facts where nobody knows the model that made them", async () => {
    const { memory, storage } = await setUp();
    const office = createMemory({ storage });
    const { stores } = await office.forget({ ...bo, subjects: ["person:42"] }, { ...acme, by: "user:1" });
    expect(counts(stores)).toMatchObject({ facts: 3, vectors: 3 });
    const facts = await memory.recall({ query: "What is known?" }, acme);
    expect(facts.map(({ text }) => text)).toEqual(["Is large."]);
  });

  it("keeps facts untold that a memory dropped which knew nothing of their vectors", async () => {
    const { memory, storage } = await setUp();
    const known = await memory.recall({ subject: "person:42" }, acme);
    await createMemory({ storage }).removeFacts(
      known.map(({ id }) => id),
      acme,
    );
    const facts = await memory.recall({ query: "What is known?" }, acme);
    expect(facts.map(({ subject }) => subject)).not.toContain("person:42");
    expect(facts).not.toEqual([]);
  });
});
