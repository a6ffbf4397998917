import type { TenantStorage, TenantStores } from "@salesagent/ports";
import { everyCall } from "./every-call.js";
import { at, sampleDraft, sampleRun, sampleUsage } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";
import { readState } from "./stored-state.js";

/** A call of every method that writes and needs nothing to be there. */
async function writeEverywhere(stores: TenantStores): Promise<void> {
  for (const [name, call] of Object.entries(everyCall(stores))) {
    if (/\.(insertMany|create|putMany|addMany|append|summarise|save|reserve|put|claimProbe|add)$/.test(name))
      await call();
  }
}

/** Moves a number that is kept in a lead on by one. */
async function countUp(tenant: TenantStorage, id: string): Promise<void> {
  await tenant.transaction(async ({ leads }) => {
    const lead = await leads.get(id);
    const count = Number(lead?.custom["count"]);
    await leads.replace(id, sampleDraft("counter", { custom: { count: count + 1 } }));
  });
}

/** All writes of a transaction stand, or none. */
export function transactionConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("transactions", () => {
    it("makes all writes stand, and gives back what the callback gave", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const answer = await acme.transaction(async (stores) => {
        await writeEverywhere(stores);
        return { tenant: stores.tenant };
      });
      expect(answer).toEqual({ tenant: "acme" });
      expect(await readState(acme)).toMatchObject({
        leadCount: 1,
        runs: [{ id: "run-1" }],
        steps: [{ index: 0 }],
        modelCalls: [{ id: "call-1" }],
        results: [{ id: "result-1" }],
        messages: [{ index: 0 }],
        thread: { summary: { upTo: 0 } },
        audit: [{ id: "audit-1" }],
        usage: [{ calls: 1 }],
        import: { id: "file" },
        budgets: [{ held: { calls: 1 } }],
        answer: { key: "answer" },
        breakers: [{ name: "model" }],
        vectors: [{ id: "item-1" }],
        facts: [{ id: "fact-1" }],
        workflows: [{ version: "1", active: true }],
      });
    });

    it("makes no write stand when the callback throws, and passes on what it threw", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const before = await readState(acme);
      const reason = new Error("the host changed its mind");
      const pending = acme.transaction(async (stores) => {
        await writeEverywhere(stores);
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect(await readState(acme)).toEqual(before);
    });

    it("puts back what it replaced when the callback throws", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const [outcome] = await acme.leads.insertMany([sampleDraft("one", { keys: ["a:1"] })]);
      await acme.runs.create(sampleRun("run-1"));
      const before = await readState(acme);
      const pending = acme.transaction(async ({ leads, runs }) => {
        await leads.replace(outcome?.id ?? "", sampleDraft("two", { keys: ["a:2"] }));
        await runs.update("run-1", { status: "failed" });
        await runs.putMany([sampleRun("run-1", { startedAt: at(5) }), sampleRun("run-2")]);
        throw new RangeError("stop");
      });
      await expect(pending).rejects.toMatchObject({ name: "RangeError" });
      expect(await readState(acme)).toEqual(before);
      expect((await acme.leads.findByKey("a:1"))?.id).toBe(outcome?.id);
      expect(await acme.leads.findByKey("a:2")).toBe(undefined);
    });

    it("shows a transaction its own writes, and nobody else's eyes before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.leads.insertMany([sampleDraft("before")]);
      const seen = await acme.transaction(async (stores) => {
        await stores.leads.insertMany([sampleDraft("during")]);
        return {
          inside: (await stores.leads.list()).items.map((lead) => lead.company.name),
          outside: (await acme.leads.list()).items.map((lead) => lead.company.name),
        };
      });
      expect(seen).toEqual({ inside: ["before", "during"], outside: ["before"] });
      expect(await acme.leads.count()).toBe(2);
    });

    it("loses no update when transactions read, then write, the same record", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const draft = sampleDraft("counter", { custom: { count: 0 } });
      const [outcome] = await acme.leads.insertMany([draft]);
      const id = outcome?.id ?? "";
      await Promise.all(Array.from({ length: 6 }, () => countUp(acme, id)));
      expect((await acme.leads.get(id))?.custom).toEqual({ count: 6 });
    });

    it("waits for others, and loses no addition, where it may read what was committed meanwhile", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const rows = [sampleUsage({ agent: "b" }), sampleUsage({ agent: "a" })];
      const add = (_: unknown, index: number) =>
        acme.transaction(
          async ({ runs, usage }) => {
            await runs.putMany([sampleRun(`run-${index}`)]);
            await usage.addMany(rows);
          },
          { isolation: "read-committed" },
        );
      await Promise.all(Array.from({ length: 40 }, add));
      expect((await acme.usage.list()).map(({ agent, calls }) => [agent, calls])).toEqual([
        ["a", 40],
        ["b", 40],
      ]);
      expect((await acme.runs.list()).items.length).toBe(40);
    });

    it("stores one lead when transactions insert the same key", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, () =>
          acme.transaction(({ leads }) => leads.insertMany([sampleDraft("same")])),
        ),
      );
      const inserted = outcomes.flat().filter((outcome) => outcome.status === "inserted");
      expect(inserted.length).toBe(1);
      expect(await acme.leads.count()).toBe(1);
    });

    it("goes on after a transaction that failed", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await expect(acme.transaction(() => Promise.reject(new TypeError("no")))).rejects.toMatchObject({
        name: "TypeError",
      });
      expect(await acme.transaction(({ leads }) => leads.count())).toBe(0);
    });

    it("refuses the stores of a transaction once it is over", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const kept = await acme.transaction(async (stores) => stores);
      for (const call of Object.values(everyCall(kept))) {
        await expect(call()).rejects.toMatchObject({ code: "store.closed" });
      }
    });

    it("rejects with the caller's reason when aborted inside, and makes no write stand", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const caller = new AbortController();
      const reason = new Error("the host shuts down");
      const pending = acme.transaction(
        async ({ leads }) => {
          await leads.insertMany([sampleDraft("one")]);
          caller.abort(reason);
          await new Promise(() => {}); // a callback that hangs
        },
        { signal: caller.signal },
      );
      await expect(pending).rejects.toBe(reason);
      expect(await acme.leads.count()).toBe(0);
    });
  });
}
