import type { JsonValue, LeadDraft, Message } from "@salesagent/ports";
import { ADA, ada, BOB } from "./sample-person.js";
import {
  at,
  sampleAudit,
  sampleDraft,
  sampleFact,
  sampleImport,
  sampleMessage,
  sampleResult,
  sampleRun,
  sampleStep,
  sampleSummary,
} from "./sample-records.js";
import { sampleEntry, sampleItem } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const toAda: LeadDraft = sampleDraft("fjord", {
  company: { name: "Fjord", description: `Ask ${ADA}`, employees: { min: 1, max: 9 }, provenance: {} },
  contact: { fullName: "Ada Lovelace", email: ADA, provenance: { email: { source: "csv", at: at(0) } } },
  custom: { note: [`cc ${ADA}`] },
  keys: ["domain:fjord.example", `email:${ADA}`],
});

const answer: Message = {
  role: "assistant",
  parts: [
    { type: "reasoning", text: `Who is ${ADA}?`, providerData: { anthropic: { signature: "c2ln" } } },
    { type: "tool-call", callId: "call_1", name: "lookup", input: { to: ADA } },
    { type: "text", text: "Let me see.", providerData: { anthropic: { signature: "c2ln" } } },
  ],
};

/** What becomes of leads, threads, runs of agents and other records that tell of a person. */
export function erasureRecordConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("erasure-store/1, records", () => {
    it("drops the leads that are the person, with their results, and frees their keys", async () => {
      await using storage = await open();
      const { leads, results, erasure } = storage.tenant("acme");
      const [hers, other] = await leads.insertMany([sampleDraft("hers"), sampleDraft("other")]);
      const [leadId, otherId] = [hers?.id ?? "", other?.id ?? ""];
      await results.addMany([
        sampleResult("1", { leadId }),
        sampleResult("2", { leadId, kind: "enrichment" }),
        sampleResult("3", { leadId: otherId }),
      ]);
      expect(await erasure.erase({ ...ada, leadIds: [leadId, "none"] })).toEqual([
        { store: "leads", records: 1 },
        { store: "results", records: 2 },
      ]);
      expect(await leads.get(leadId)).toBe(undefined);
      expect(await leads.findByKey("domain:hers.example")).toBe(undefined);
      expect((await leads.list()).items.map(({ id }) => id)).toEqual([otherId]);
      expect(await leads.count()).toBe(1);
      expect((await results.list()).items.map(({ id }) => id)).toEqual(["3"]);
      expect(await leads.insertMany([sampleDraft("hers")])).toMatchObject([{ status: "inserted" }]);
      expect(await erasure.find({ ...ada, leadIds: [leadId] })).toEqual([]);
    });

    it("erases mentions in other leads, and their keys that mention the person", async () => {
      await using storage = await open();
      const { leads, erasure } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([toAda, sampleDraft("other")]);
      const id = outcome?.id ?? "";
      const before = await leads.get(id);
      expect(await erasure.erase(ada)).toEqual([{ store: "leads", records: 1 }]);
      const lead = await leads.get(id);
      expect(lead).toMatchObject({
        ...{ id, stage: "new", createdAt: before?.createdAt, keys: ["domain:fjord.example"] },
        company: { name: "Fjord", description: "Ask [erased]", employees: { min: 1, max: 9 } },
        contact: { fullName: "[erased]", email: "[erased]", provenance: { email: { source: "csv" } } },
        custom: { note: ["cc [erased]"] },
      });
      expect(await leads.findByKey(`email:${ADA}`)).toBe(undefined);
      expect((await leads.findByKey("domain:fjord.example"))?.id).toBe(id);
      const stale = leads.replace(id, toAda, { ifRevision: before?.revision });
      await expect(stale).rejects.toMatchObject({ code: "store.stale_revision" });
      await leads.replace(id, { ...toAda, keys: ["domain:new"] }, { ifRevision: lead?.revision });
      expect(await leads.insertMany([sampleDraft("again", { keys: [`email:${ADA}`] })])).toMatchObject([
        { status: "inserted" },
      ]);
    });

    it("keeps a lead that had no other key under one of its own", async () => {
      await using storage = await open();
      const { leads, erasure } = storage.tenant("acme");
      const outcomes = await leads.insertMany([
        sampleDraft("one", { keys: [`email:${ADA}`] }),
        sampleDraft("two", { keys: ["name:ada lovelace"] }),
      ]);
      await erasure.erase(ada);
      for (const { id } of outcomes) {
        expect((await leads.get(id))?.keys).toEqual([`erased:${id}`]);
        expect((await leads.findByKey(`erased:${id}`))?.id).toBe(id);
      }
      expect(await erasure.find(ada)).toEqual([]);
    });

    it("drops the person's threads with their summaries, named ones and those whose id mentions them", async () => {
      await using storage = await open();
      const { messages, erasure } = storage.tenant("acme");
      for (const thread of ["hers", `mail:${ADA}`, "other"]) {
        await messages.append(thread, [sampleMessage("Hello"), sampleMessage("Goodbye")]);
        await messages.summarise(thread, sampleSummary(1));
      }
      const person = { ...ada, threadIds: ["hers", "none"] };
      expect(await erasure.find(person)).toEqual([{ store: "messages", records: 6 }]);
      expect(await erasure.erase(person)).toEqual([{ store: "messages", records: 6 }]);
      for (const thread of ["hers", `mail:${ADA}`]) {
        expect(await messages.thread(thread)).toBe(undefined);
        expect((await messages.list(thread)).items).toEqual([]);
      }
      expect(await messages.thread("other")).toEqual({
        ...{ threadId: "other", length: 2, summary: sampleSummary(1) },
      });
    });

    it("erases mentions in messages and summaries of other threads, each in its place", async () => {
      await using storage = await open();
      const { messages, erasure } = storage.tenant("acme");
      await messages.append("other", [
        sampleMessage(`Write to ${ADA}`, { runId: "run-1" }),
        { message: answer, createdAt: at(1) },
        sampleMessage("Done"),
      ]);
      await messages.summarise("other", sampleSummary(1, { text: "Ada Lovelace was looked for." }));
      expect(await erasure.erase(ada)).toEqual([{ store: "messages", records: 3 }]);
      expect((await messages.list("other")).items).toEqual([
        { threadId: "other", index: 0, ...sampleMessage("Write to [erased]"), runId: "run-1" },
        {
          ...{ threadId: "other", index: 1, createdAt: at(1) },
          message: {
            role: "assistant",
            parts: [
              { type: "reasoning", text: "Who is [erased]?" },
              { type: "tool-call", callId: "call_1", name: "lookup", input: { to: "[erased]" } },
              answer.parts[2],
            ],
          },
        },
        { threadId: "other", index: 2, ...sampleMessage("Done") },
      ]);
      const summary = sampleSummary(1, { text: "[erased] was looked for." });
      expect(await messages.thread("other")).toEqual({ threadId: "other", length: 3, summary });
    });

    it("erases mentions in runs and steps of agents, in names of fields as well, and keeps the records", async () => {
      await using storage = await open();
      const { runs, steps, erasure } = storage.tenant("acme");
      const thread = `mail:${ADA}`;
      const run = sampleRun("run-1", { status: "failed", finishedAt: at(5), costUsd: 0.5, leadId: "lead-1" });
      await runs.putMany([
        {
          ...{ ...run, threadId: thread, input: { [ADA]: [ADA, 1] }, output: ADA },
          error: { code: "tool.failed", message: `no mail to ${ADA}` },
        },
        sampleRun("run-2", { input: { to: BOB } }),
      ]);
      const step = sampleStep("run-1", 1, { kind: "tool", name: "email_send" });
      await steps.putMany([
        sampleStep("run-1", 0, { output: { score: 1 } }),
        { ...step, input: { to: ADA }, error: { code: "tool.failed", message: ADA } },
      ]);
      expect(await erasure.erase(ada)).toEqual([
        { store: "runs", records: 1 },
        { store: "steps", records: 1 },
      ]);
      expect(await runs.get("run-1")).toEqual({
        ...{ ...run, threadId: "mail:[erased]", input: { "[erased]": ["[erased]", 1] }, output: "[erased]" },
        error: { code: "tool.failed", message: "no mail to [erased]" },
      });
      expect((await runs.list()).items.map(({ id }) => id)).toEqual(["run-2", "run-1"]);
      expect((await runs.list({ leadId: "lead-1" })).items.length).toBe(1);
      expect((await steps.list("run-1")).items).toEqual([
        sampleStep("run-1", 0, { output: { score: 1 } }),
        { ...step, input: { to: "[erased]" }, error: { code: "tool.failed", message: "[erased]" } },
      ]);
    });

    it("erases mentions in results of others, the audit trail and imports, which stay where they were", async () => {
      await using storage = await open();
      const { results, audit, imports, erasure } = storage.tenant("acme");
      await results.addMany([sampleResult("1", { data: { by: ADA }, score: 7 }), sampleResult("2")]);
      await audit.addMany([
        sampleAudit("1", { actor: `user:${ADA}` }),
        sampleAudit("2", { subject: `person:${ADA}`, facts: { [ADA]: { text: ADA } } }),
        sampleAudit("3"),
      ]);
      await imports.save(sampleImport("file", { source: `mail:${ADA}`, position: { after: ADA } }));
      expect((await erasure.erase(ada)).map(({ store, records }) => [store, records])).toEqual([
        ["audit", 2],
        ["imports", 1],
        ["results", 1],
      ]);
      expect((await results.list({ leadId: "lead-1" })).items).toEqual([
        sampleResult("2"),
        sampleResult("1", { data: { by: "[erased]" }, score: 7 }),
      ]);
      const trail = [
        sampleAudit("1", { actor: "user:[erased]" }),
        sampleAudit("2", { subject: "person:[erased]", facts: { "[erased]": { text: "[erased]" } } }),
      ];
      expect((await audit.list()).items).toEqual([...trail, sampleAudit("3")]);
      expect((await audit.list({ subject: "person:[erased]" })).items).toEqual([trail[1]]);
      expect((await audit.list({ subject: `person:${ADA}` })).items).toEqual([]);
      expect(await imports.get("file")).toEqual(
        sampleImport("file", { source: "mail:[erased]", position: { after: "[erased]" } }),
      );
    });

    it("drops facts, answers and vectors that mention the person, by their names too", async () => {
      await using storage = await open();
      const { facts, cache, vectors, erasure } = storage.tenant("acme");
      await facts.putMany([
        sampleFact("1", { subject: `person:${ADA}` }),
        sampleFact("2", { text: "Ada Lovelace likes trout." }),
        sampleFact("3", { data: { [ADA]: 1 } }),
        sampleFact(`4/${ADA}`),
        sampleFact("5", { threadId: `mail:${ADA}` }),
        sampleFact("6"),
      ]);
      for (const entry of [sampleEntry("1", { value: [ADA] }), sampleEntry(`2/${ADA}`), sampleEntry("3")]) {
        await cache.put(entry);
      }
      const item = (id: string, data: string) => sampleItem(id, [1, 0], { data });
      await vectors.putMany("a", [item("1", ADA), item(`2/${ADA}`, "x"), item("3", "x")]);
      await vectors.putMany("b", [item("1", `to ${ADA}`)]);
      expect(await erasure.erase(ada)).toEqual([
        { store: "cache", records: 2 },
        { store: "facts", records: 5 },
        { store: "vectors", records: 3 },
      ]);
      expect((await facts.list()).items.map(({ id }) => id)).toEqual(["6"]);
      expect(await cache.get("1")).toBe(undefined);
      expect(await cache.get(`2/${ADA}`)).toBe(undefined);
      expect((await cache.get("3"))?.key).toBe("3");
      const near = async (collection: string) =>
        (await vectors.nearest(collection, Float32Array.of(1, 0))).map(({ id }) => id);
      expect([await near("a"), await near("b")]).toEqual([["3"], []]);
    });

    it("drops facts of the person's subjects and threads, and the vectors that name these, whatever they say", async () => {
      await using storage = await open();
      const { facts, vectors, erasure } = storage.tenant("acme");
      await facts.putMany([
        sampleFact("1", { subject: "person:42" }),
        sampleFact("2", { subject: "person:7", threadId: "call-7" }),
        sampleFact("3", { subject: "person:421", threadId: "call-70" }),
      ]);
      const item = (id: string, data: JsonValue) => sampleItem(id, [1, 0], { data });
      await vectors.putMany("a", [
        item("1", { subject: "person:42", text: "Likes trout." }),
        item("2", { subject: "person:7", threadId: "call-7" }),
        item("3", { subject: "person:421", threadId: "call-70" }),
        item("4", ["person:42"]),
      ]);
      await vectors.putMany("b", [item("1", { subject: "person:42" }), item("2", "person:42")]);
      const person = { ...ada, subjects: ["person:42"], threadIds: ["call-7"] };
      const records = [
        { store: "facts", records: 2 },
        { store: "vectors", records: 3 },
      ];
      expect(await erasure.find(person)).toEqual(records);
      expect(await erasure.erase(person)).toEqual(records);
      expect((await facts.list()).items.map(({ id }) => id)).toEqual(["3"]);
      const near = async (collection: string) =>
        (await vectors.nearest(collection, Float32Array.of(1, 0))).map(({ id }) => id);
      expect([await near("a"), await near("b")]).toEqual([["3", "4"], ["2"]]);
      expect(await erasure.find(person)).toEqual([]);
    });
  });
}
