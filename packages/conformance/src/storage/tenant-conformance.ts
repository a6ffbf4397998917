import type { Storage, TenantStores } from "@salesagent/ports";
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
  amounts,
  FAR_AHEAD,
  NOTHING,
  sampleBreaker,
  sampleEntry,
  sampleItem,
  sampleReservation,
} from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

/** Fills every store of a tenant with records whose ids and keys are the same for every tenant. */
async function fill(stores: TenantStores): Promise<string> {
  const { tenant } = stores;
  const [outcome] = await stores.leads.insertMany([sampleDraft(tenant, { keys: ["domain:shared"] })]);
  await stores.runs.create(sampleRun("run-1", { agent: tenant }));
  await stores.steps.putMany([sampleStep("run-1", 0, { name: tenant })]);
  await stores.modelCalls.addMany([sampleModelCall("call-1", { agent: tenant })]);
  await stores.results.addMany([sampleResult("result-1", { tier: tenant })]);
  await stores.messages.append("thread", [sampleMessage(tenant)]);
  await stores.messages.summarise("thread", sampleSummary(0, { text: tenant }));
  await stores.audit.addMany([sampleAudit("audit-1", { actor: tenant })]);
  await stores.usage.addMany([sampleUsage({ modelId: tenant })]);
  await stores.imports.save(sampleImport("file", { source: tenant }));
  await stores.budgets.reserve(
    sampleReservation("reservation-1", { amounts: amounts({ tokens: tenant.length }) }),
  );
  await stores.cache.put(sampleEntry("answer", { value: tenant }));
  await stores.breakers.put(sampleBreaker("model", { errorCode: tenant }));
  await stores.vectors.putMany("collection", [sampleItem("item-1", [1, 0], { data: tenant })]);
  await stores.facts.putMany([sampleFact("fact-1", { text: tenant })]);
  await stores.workflows.add(sampleWorkflow("1", { definition: { tenant } }));
  await stores.workflows.add(sampleWorkflow(`of ${tenant}`));
  return outcome?.id ?? "";
}

async function openTwo(open: () => Promise<Storage>) {
  const storage = await open();
  const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
  const acmeLead = await fill(acme);
  const otherLead = await fill(other);
  return { acme, other, acmeLead, otherLead, [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose]() };
}

/** No tenant sees or touches another's records, in any store. */
export function tenantConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("tenants", () => {
    it("keeps leads apart: ids, keys, lists and counts", async () => {
      await using two = await openTwo(open);
      const { leads } = two.acme;
      expect(await leads.get(two.otherLead)).toBe(undefined);
      expect(await leads.getMany([two.otherLead])).toEqual([]);
      expect((await leads.findByKey("domain:shared"))?.id).toBe(two.acmeLead);
      expect((await leads.list()).items.map((lead) => lead.company.name)).toEqual(["acme"]);
      expect(await leads.count()).toBe(1);
    });

    it("refuses to replace another tenant's lead", async () => {
      await using two = await openTwo(open);
      await expect(two.acme.leads.replace(two.otherLead, sampleDraft("stolen"))).rejects.toMatchObject({
        code: "store.not_found",
      });
      expect((await two.other.leads.get(two.otherLead))?.company.name).toBe("other");
    });

    it("keeps runs apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      await two.acme.runs.update("run-1", { status: "failed" });
      expect(await two.other.runs.get("run-1")).toMatchObject({ agent: "other", status: "running" });
      expect((await two.acme.runs.list()).items.map((run) => run.agent)).toEqual(["acme"]);
    });

    it("puts a run beside another tenant's run of the same id", async () => {
      await using two = await openTwo(open);
      const before = await two.other.runs.get("run-1");
      await two.acme.runs.putMany([sampleRun("run-1", { agent: "put", status: "failed" })]);
      expect(await two.acme.runs.get("run-1")).toMatchObject({ agent: "put", status: "failed" });
      expect(await two.other.runs.get("run-1")).toEqual(before);
      expect((await two.other.runs.list()).items.map((run) => run.agent)).toEqual(["other"]);
    });

    it("keeps steps apart, though their runs' ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, steps } of [two.acme, two.other]) {
        expect((await steps.list("run-1")).items.map((step) => step.name)).toEqual([tenant]);
      }
    });

    it("keeps model calls apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, modelCalls } of [two.acme, two.other]) {
        expect((await modelCalls.list()).items.map((call) => call.agent)).toEqual([tenant]);
      }
    });

    it("keeps results apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, results } of [two.acme, two.other]) {
        expect((await results.latest("lead-1", "qualification"))?.tier).toBe(tenant);
        expect((await results.list()).items.map((result) => result.tier)).toEqual([tenant]);
      }
    });

    it("keeps threads apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, messages } of [two.acme, two.other]) {
        const { items } = await messages.list("thread");
        expect(items).toEqual([{ threadId: "thread", index: 0, ...sampleMessage(tenant) }]);
        expect(await messages.latest("thread", { limit: 9 })).toEqual(items);
        const summary = sampleSummary(0, { text: tenant });
        expect(await messages.thread("thread")).toEqual({ threadId: "thread", length: 1, summary });
      }
      expect(await two.acme.messages.remove("thread")).toBe(true);
      expect((await two.other.messages.thread("thread"))?.summary?.text).toBe("other");
    });

    it("keeps facts apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, facts } of [two.acme, two.other]) {
        expect((await facts.list()).items.map(({ text }) => text)).toEqual([tenant]);
      }
      await two.acme.facts.remove(["fact-1"]);
      expect((await two.other.facts.list()).items.length).toBe(1);
    });

    it("keeps workflows apart, though their names and versions are the same", async () => {
      await using two = await openTwo(open);
      expect(await two.acme.workflows.activate("welcome", "of other")).toBe(false);
      expect(await two.acme.workflows.activate("welcome", "of acme")).toBe(true);
      expect(await two.other.workflows.get("welcome")).toMatchObject({ version: "1", active: true });
      expect((await two.acme.workflows.get("welcome", "1"))?.definition).toEqual({ tenant: "acme" });
      expect((await two.other.workflows.list({ active: true })).items.length).toBe(1);
    });

    it("keeps audit trails apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, audit } of [two.acme, two.other]) {
        expect((await audit.list()).items.map((record) => record.actor)).toEqual([tenant]);
      }
    });

    it("keeps sums of use apart", async () => {
      await using two = await openTwo(open);
      for (const { tenant, usage } of [two.acme, two.other]) {
        expect((await usage.list()).map((row) => row.modelId)).toEqual([tenant]);
      }
    });

    it("keeps imports apart, though their ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, imports } of [two.acme, two.other]) {
        expect((await imports.get("file"))?.source).toBe(tenant);
      }
    });

    it("keeps budgets apart, though their keys and reservations' ids are the same", async () => {
      await using two = await openTwo(open);
      const held = async () =>
        Promise.all(
          [two.acme, two.other].map(
            async ({ budgets }) => (await budgets.read(["tenant/ever"]))[0]?.held.tokens,
          ),
        );
      expect(await held()).toEqual([4, 5]);
      expect(await two.acme.budgets.settle("reservation-1", NOTHING)).toBe(true);
      expect(await held()).toEqual([0, 5]);
      expect(await two.other.budgets.settle("reservation-1", NOTHING)).toBe(true);
    });

    it("keeps cached answers apart, though their keys are the same", async () => {
      await using two = await openTwo(open);
      expect((await two.acme.cache.get("answer"))?.value).toBe("acme");
      await two.acme.cache.remove(["answer"]);
      expect((await two.other.cache.get("answer"))?.value).toBe("other");
    });

    it("keeps breakers and rights to probe apart, though their names are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, breakers } of [two.acme, two.other]) {
        expect((await breakers.list(["model"])).map((record) => record.errorCode)).toEqual([tenant]);
        expect(await breakers.claimProbe("model", tenant, FAR_AHEAD)).toBe(true);
      }
    });

    it("keeps vectors apart, though their collections and ids are the same", async () => {
      await using two = await openTwo(open);
      for (const { tenant, vectors } of [two.acme, two.other]) {
        const matches = await vectors.nearest("collection", Float32Array.of(1, 0));
        expect(matches.map(({ data }) => data)).toEqual([tenant]);
      }
      await two.acme.vectors.remove("collection", ["item-1"]);
      expect((await two.other.vectors.nearest("collection", Float32Array.of(1, 0))).length).toBe(1);
    });

    it("keeps to its tenant when calls for many tenants overlap in time", async () => {
      await using storage = await open();
      const names = Array.from({ length: 12 }, (_, index) => `tenant-${index}`);
      const counts = await Promise.all(
        names.flatMap((name) =>
          [1, 2, 3].map(async (round) => {
            const { leads } = storage.tenant(name);
            await leads.insertMany([sampleDraft(`${name}-${round}`)]);
            return (await leads.list()).items.every((lead) => lead.company.name?.startsWith(`${name}-`));
          }),
        ),
      );
      expect(counts.every(Boolean)).toBe(true);
      expect(await Promise.all(names.map((name) => storage.tenant(name).leads.count()))).toEqual(
        names.map(() => 3),
      );
    });

    it("takes names of any shape, and tells them apart by every character", async () => {
      await using storage = await open();
      const names = [
        "a",
        "A",
        "a ",
        "a' or '1'='1",
        'a"; drop schema public; --',
        "á🐟",
        "a\\",
        "%",
        "x".repeat(200),
      ];
      for (const name of names) await fill(storage.tenant(name));
      for (const name of names) {
        const { leads, tenant } = storage.tenant(name);
        expect(tenant).toBe(name);
        expect((await leads.list()).items.map((lead) => lead.company.name)).toEqual([name]);
      }
    });

    it("refuses a name that is empty, too long, or holds control characters", async () => {
      await using storage = await open();
      for (const name of ["", "x".repeat(201), "a\0b", "a\nb"]) {
        let thrown: unknown;
        try {
          storage.tenant(name);
        } catch (error) {
          thrown = error;
        }
        expect(thrown instanceof TypeError).toBe(true);
      }
    });
  });
}
