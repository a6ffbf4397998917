import type { JsonObject, TenantStorage, TenantStores } from "@salesagent/ports";
import {
  sampleAudit,
  sampleDraft,
  sampleFact,
  sampleImport,
  sampleMessage,
  sampleModelCall,
  sampleResult,
  sampleRun,
  sampleStep,
  sampleSummary,
  sampleUsage,
  sampleWorkflow,
} from "./sample-records.js";
import {
  claim,
  FAR_AHEAD,
  NOTHING,
  sampleBreaker,
  sampleEntry,
  sampleItem,
  sampleReservation,
} from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";
import { readState } from "./stored-state.js";

const NUL = "a\0b";

/** Writes with a NUL in some field, each with the path that the refusal names. */
function writesWithNul(
  stores: TenantStores,
): readonly (readonly [field: string, write: () => Promise<unknown>])[] {
  const { leads, runs, steps, modelCalls, results, messages, audit, usage, imports } = stores;
  const draft = sampleDraft("one");
  return [
    [
      "drafts[0].company.name",
      () => leads.insertMany([{ ...draft, company: { name: NUL, provenance: {} } }]),
    ],
    ["drafts[1].keys[0]", () => leads.insertMany([draft, sampleDraft("two", { keys: [NUL] })])],
    [
      "drafts[0].custom.note[1].deep",
      () => leads.insertMany([{ ...draft, custom: { note: [0, { deep: NUL }] } }]),
    ],
    ["drafts[0].source", () => leads.insertMany([{ ...draft, source: NUL }])],
    ["run.agent", () => runs.create(sampleRun("run-1", { agent: NUL }))],
    ["run.input.text", () => runs.create(sampleRun("run-1", { input: { text: NUL } }))],
    [
      "runs[1].output.text",
      () =>
        runs.putMany([sampleRun("run-0", { agent: "new" }), sampleRun("run-2", { output: { text: NUL } })]),
    ],
    ["patch.engine", () => runs.update("run-0", { engine: NUL })],
    ["steps[0].output", () => steps.putMany([sampleStep("run-1", 0, { output: NUL })])],
    ["calls[0].requestId", () => modelCalls.addMany([sampleModelCall("call-1", { requestId: NUL })])],
    ["results[0].data.x", () => results.addMany([sampleResult("result-1", { data: { x: NUL } })])],
    ["messages[0].message.parts[0].text", () => messages.append("thread", [sampleMessage(NUL)])],
    ["threadId", () => messages.append(NUL, [sampleMessage("x")])],
    ["records[0].facts.x", () => audit.addMany([sampleAudit("audit-1", { facts: { x: NUL } })])],
    ["rows[0].modelId", () => usage.addMany([sampleUsage({ modelId: NUL })])],
    ["record.source", () => imports.save(sampleImport("file", { source: NUL }))],
    ["id", () => leads.get(NUL)],
    ["key", () => leads.findByKey(NUL)],
  ];
}

/** The same for the stores that processes share. */
function sharedWritesWithNul({
  budgets,
  cache,
  breakers,
  vectors,
}: TenantStores): readonly (readonly [field: string, write: () => Promise<unknown>])[] {
  const query = Float32Array.of(1, 0);
  return [
    ["reservation.id", () => budgets.reserve(sampleReservation(NUL))],
    [
      "reservation.claims[1].key",
      () => budgets.reserve(sampleReservation("1", { claims: [claim("a"), claim(NUL)] })),
    ],
    ["id", () => budgets.settle(NUL, NOTHING)],
    ["ids[1]", () => budgets.renew(["a", NUL], FAR_AHEAD)],
    ["keys[1]", () => budgets.read(["a", NUL])],
    ["entry.key", () => cache.put(sampleEntry(NUL))],
    ["entry.value.list[1]", () => cache.put(sampleEntry("answer", { value: { list: ["a", NUL] } }))],
    ["key", () => cache.get(NUL)],
    ["keys[1]", () => cache.remove(["answer", NUL])],
    ["record.name", () => breakers.put(sampleBreaker(NUL))],
    ["record.errorCode", () => breakers.put(sampleBreaker("model", { errorCode: NUL }))],
    ["names[1]", () => breakers.list(["model", NUL])],
    ["name", () => breakers.claimProbe(NUL, "me", FAR_AHEAD)],
    ["owner", () => breakers.claimProbe("model", NUL, FAR_AHEAD)],
    ["owner", () => breakers.releaseProbe("model", NUL)],
    ["collection", () => vectors.putMany(NUL, [sampleItem("a", [1, 0])])],
    ["items[1].id", () => vectors.putMany("collection", [sampleItem("a", [1, 0]), sampleItem(NUL, [1, 0])])],
    ["items[0].data", () => vectors.putMany("collection", [sampleItem("a", [1, 0], { data: NUL })])],
    ["collection", () => vectors.nearest(NUL, query)],
    ["ids[0]", () => vectors.remove("collection", [NUL])],
  ];
}

/** The same for what is known, threads and workflows, and for a person who is looked for. */
function knowledgeWithNul({
  messages,
  facts,
  workflows,
  erasure,
}: TenantStorage): readonly (readonly [field: string, write: () => Promise<unknown>])[] {
  const mentions = ["ada@fjord.example"];
  return [
    ["threadId", () => messages.latest(NUL, { limit: 1 })],
    ["threadId", () => messages.thread(NUL)],
    ["threadId", () => messages.summarise(NUL, sampleSummary(0))],
    ["summary.text", () => messages.summarise("thread", sampleSummary(0, { text: NUL }))],
    ["threadId", () => messages.remove(NUL)],
    ["facts[0].text", () => facts.putMany([sampleFact("1", { text: NUL })])],
    ["facts[1].subject", () => facts.putMany([sampleFact("1"), sampleFact("2", { subject: NUL })])],
    ["facts[0].data.x[0]", () => facts.putMany([sampleFact("1", { data: { x: [NUL] } })])],
    ["filter.subject", () => facts.list({ subject: NUL })],
    ["ids[1]", () => facts.remove(["1", NUL])],
    ["workflow.name", () => workflows.add(sampleWorkflow("1", { name: NUL }))],
    ["workflow.definition.x", () => workflows.add(sampleWorkflow("1", { definition: { x: NUL } }))],
    ["workflow.note", () => workflows.add(sampleWorkflow("1", { note: NUL }))],
    ["name", () => workflows.get(NUL)],
    ["version", () => workflows.get("welcome", NUL)],
    ["name", () => workflows.activate(NUL, "1")],
    ["version", () => workflows.activate("welcome", NUL)],
    ["filter.name", () => workflows.list({ name: NUL })],
    ["person.threadIds[1]", () => erasure.find({ mentions, threadIds: ["a", NUL] })],
    ["person.leadIds[0]", () => erasure.erase({ mentions, leadIds: [NUL] })],
  ];
}

/** What values survive, and how those that can't are refused. */
export function valueConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("values", () => {
    it("refuses text with a NUL character, which not every database can hold, naming the field", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.runs.create(sampleRun("run-0"));
      const before = await readState(acme);
      const writes = [...writesWithNul(acme), ...sharedWritesWithNul(acme), ...knowledgeWithNul(acme)];
      for (const [field, write] of writes) {
        await expect(write()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
      }
      expect(await readState(acme)).toEqual(before);
    });

    it("refuses half a surrogate pair, which would come back as another character", async () => {
      await using storage = await open();
      const half = "🐟".slice(0, 1);
      await expect(
        storage.tenant("acme").leads.insertMany([sampleDraft("one", { custom: { note: half } })]),
      ).rejects.toMatchObject({ code: "store.invalid", facts: { field: "drafts[0].custom.note" } });
    });

    it("refuses numbers and objects that JSON can't hold", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, new Map(), () => 0, 10n]) {
        const input = { value } as object as JsonObject;
        await expect(runs.create(sampleRun("run-1", { input }))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "run.input.value" },
        });
      }
    });

    it("keeps text of every script, line end and escape", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const texts = [
        "naïve",
        "日本語",
        "👩‍👩‍👧‍👦🐟",
        "עברית",
        "\u0001\u001f\u007f\u0085",
        "\r\n\t",
        "\\u0000",
        "\\",
        '"',
        "\ufeff",
        "\uffff",
        "",
      ];
      await runs.create(sampleRun("run-1", { agent: texts.join("|"), input: texts }));
      expect(await runs.get("run-1")).toMatchObject({ agent: texts.join("|"), input: texts });
    });

    it("keeps numbers exactly", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const input = [
        0,
        -1,
        0.1,
        1e-7,
        1.7976931348623157e308,
        5e-324,
        Number.MAX_SAFE_INTEGER,
        1e21,
        123456789.12345679,
      ];
      await runs.create(sampleRun("run-1", { input, latencyMs: 0.1 + 0.2 }));
      expect(await runs.get("run-1")).toMatchObject({ input, latencyMs: 0.1 + 0.2 });
    });

    it("keeps instants to the millisecond, in one form", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(
        sampleRun("run-1", { startedAt: "2026-05-01T09:00:00Z", finishedAt: "1969-12-31T23:59:59.999Z" }),
      );
      expect(await runs.get("run-1")).toMatchObject({
        startedAt: "2026-05-01T09:00:00.000Z",
        finishedAt: "1969-12-31T23:59:59.999Z",
      });
      for (const startedAt of [
        "2026-05-01",
        "yesterday",
        "2026-05-01T09:00:00+02:00",
        "2026-13-01T00:00:00Z",
      ]) {
        await expect(runs.create(sampleRun("run-2", { startedAt }))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "run.startedAt" },
        });
      }
    });

    it("takes properties that are undefined as absent", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const input = { kept: 1, left: undefined } as object as JsonObject;
      await runs.create(sampleRun("run-1", { input }));
      expect(Object.keys((await runs.get("run-1"))?.input ?? {})).toEqual(["kept"]);
    });

    it("refuses ids that are empty or too long to be indexed", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      for (const id of ["", "x".repeat(401)]) {
        await expect(runs.create(sampleRun(id))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "run.id" },
        });
      }
    });

    it("keeps a megabyte of text", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const note = 'é"'.repeat(500_000);
      const [outcome] = await leads.insertMany([sampleDraft("one", { custom: { note } })]);
      expect((await leads.get(outcome?.id ?? ""))?.custom["note"] === note).toBe(true);
    });

    it("refuses page limits out of range and cursors of its own making", async () => {
      await using storage = await open();
      const { leads, runs } = storage.tenant("acme");
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await expect(leads.list({}, { limit })).rejects.toMatchObject({ name: "RangeError" });
      }
      for (const after of ["", "x", "1", "1.2.3", "'; drop table runs; --"]) {
        await expect(runs.list({}, { after })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "page.after" },
        });
      }
    });
  });
}
