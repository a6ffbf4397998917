import type { Storage } from "@salesagent/ports";
import { everyTenantCall } from "./every-call.js";
import { sampleDraft } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";
import { readState } from "./stored-state.js";

export interface LifecycleSuite extends StorageSuite {
  readonly reopen?: ((storage: Storage) => Promise<Storage>) | undefined;
}

/** Opening, migrating, aborting and closing. */
export function lifecycleConformance({ describe, it, expect, open, reopen }: LifecycleSuite): void {
  describe("lifecycle", () => {
    it("names its port, its stores' ports and what it supports", async () => {
      await using storage = await open();
      const stores = storage.tenant("acme");
      expect(storage.port).toBe("storage/1");
      expect(Object.keys(storage.supports).sort()).toEqual(["durable", "shared"]);
      expect([
        stores.leads.port,
        stores.runs.port,
        stores.steps.port,
        stores.modelCalls.port,
        stores.results.port,
        stores.messages.port,
        stores.audit.port,
        stores.usage.port,
        stores.imports.port,
        stores.budgets.port,
        stores.cache.port,
        stores.breakers.port,
        stores.vectors.port,
        stores.facts.port,
        stores.workflows.port,
        stores.erasure.port,
        stores.retention.port,
      ]).toEqual([
        "lead-store/1",
        "run-store/1",
        "step-store/1",
        "model-call-store/1",
        "result-store/1",
        "message-store/1",
        "audit-store/1",
        "usage-store/1",
        "import-store/1",
        "budget-store/1",
        "cache-store/1",
        "breaker-store/1",
        "vector-store/1",
        "fact-store/1",
        "workflow-store/1",
        "erasure-store/1",
        "retention-store/1",
      ]);
    });

    it("migrates again, and from many callers at once, without harm", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await leads.insertMany([sampleDraft("kept")]);
      await Promise.all(Array.from({ length: 5 }, () => storage.migrate()));
      expect(await leads.count()).toBe(1);
    });

    it("answers a ping while it is open, and no more once it is closed or the caller has gone", async () => {
      const storage = await open();
      expect(await storage.ping()).toBe(undefined);
      const reason = new Error("prospect hung up");
      await expect(storage.ping({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await storage[Symbol.asyncDispose]();
      await expect(storage.ping()).rejects.toMatchObject({ code: "store.closed" });
    });

    it("rejects every call with the caller's reason when it was aborted before, and writes nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const before = await readState(acme);
      const reason = new Error("prospect hung up");
      const call = { signal: AbortSignal.abort(reason) };
      for (const run of Object.values(everyTenantCall(acme, call))) await expect(run()).rejects.toBe(reason);
      await expect(storage.migrate(call)).rejects.toBe(reason);
      expect(await readState(acme)).toEqual(before);
    });

    it("refuses every call once it is closed", async () => {
      const storage = await open();
      const acme = storage.tenant("acme");
      await storage[Symbol.asyncDispose]();
      for (const run of Object.values(everyTenantCall(acme))) {
        await expect(run()).rejects.toMatchObject({ code: "store.closed" });
      }
      await expect(storage.migrate()).rejects.toMatchObject({ code: "store.closed" });
    });

    it("may be closed twice", async () => {
      const storage = await open();
      await storage[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    });

    it("shows one state to all who open it exactly when it says so", async () => {
      await using storage = await open();
      await storage.tenant("acme").leads.insertMany([sampleDraft("one")]);
      await using second = await openAgain(storage);
      expect(await second.tenant("acme").leads.count()).toBe(storage.supports.shared ? 1 : 0);
    });

    it("holds its state beyond its closing exactly when it says so", async () => {
      const storage = await open();
      await storage.tenant("acme").leads.insertMany([sampleDraft("one")]);
      await storage[Symbol.asyncDispose]();
      await using second = await openAgain(storage);
      expect(await second.tenant("acme").leads.count()).toBe(storage.supports.durable ? 1 : 0);
    });
  });

  async function openAgain(storage: Storage): Promise<Storage> {
    if (reopen !== undefined) return reopen(storage);
    if (!storage.supports.shared && !storage.supports.durable) return open();
    throw new TypeError("storageConformance needs options.reopen for a storage that is shared or durable");
  }
}
