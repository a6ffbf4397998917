import type {
  PrunedRecords,
  RetentionLimits,
  RetentionStore,
  Storage,
  TenantStorage,
} from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createRetention, type RetentionOptions } from "./retention.js";

const NOW = Date.parse("2026-06-30T12:00:00.000Z");
const clock = { now: () => NOW, elapsed: () => 0, schedule: () => ({ cancel() {} }) };
const nothing: PrunedRecords = {
  ...{
    checkpoints: 0,
    flows: 0,
    runs: 0,
    effects: 0,
    approvals: 0,
    messages: 0,
    audit: 0,
    budgets: 0,
    syncRuns: 0,
    syncEntries: 0,
    conflicts: 0,
    deadLetters: 0,
    inbox: 0,
    streams: 0,
  },
  expired: 0,
};

/** A storage of which only the retention is asked; it drops what `batches` say, then nothing. */
function scripted(batches: readonly Partial<PrunedRecords>[]) {
  const asked: { readonly tenant: string; readonly want: RetentionLimits }[] = [];
  const rest = [...batches];
  const inner = memoryStorage();
  const storage: Pick<Storage, "tenant"> = {
    tenant(tenant): TenantStorage {
      const retention: RetentionStore = {
        port: "retention-store/1",
        async prune(want, call) {
          call?.signal?.throwIfAborted();
          asked.push({ tenant, want });
          return { ...nothing, ...rest.shift() };
        },
      };
      return { ...inner.tenant(tenant), retention };
    },
  };
  return { storage, asked };
}

describe("createRetention", () => {
  it("goes on batch by batch until nothing is left, and tells what was dropped so far", async () => {
    const { storage, asked } = scripted([
      { flows: 1_000, runs: 3 },
      { flows: 20, expired: 1 },
    ]);
    const told: number[] = [];
    const retention = createRetention({ storage, clock, keepDays: { flows: 30, runs: 7 } });

    const dropped = await retention.run({ tenant: "acme", onProgress: ({ flows }) => told.push(flows) });

    expect(dropped).toEqual({ ...nothing, flows: 1_020, runs: 3, expired: 1 });
    expect(told).toEqual([1_000, 1_020, 1_020]);
    expect(asked[0]).toEqual({
      tenant: "acme",
      want: { flows: "2026-05-31T12:00:00.000Z", runs: "2026-06-23T12:00:00.000Z", limit: 1_000 },
    });
  });

  it("ends between two batches with the caller's reason", async () => {
    const { storage, asked } = scripted([{ audit: 5 }, { audit: 5 }]);
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    const run = createRetention({ storage, clock, keepDays: { audit: 1 } }).run({
      ...{ tenant: "acme", signal: controller.signal, onProgress },
    });

    await expect(run).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });

  it.each<[RetentionOptions["keepDays"], RegExp]>([
    [{ runs: -1 }, /retention\.keepDays\.runs must be a number of days ≥ 0 and ≤ 36525, got -1/],
    [{ flows: 1e12 }, /retention\.keepDays\.flows/],
    [JSON.parse('{ "flow": 30 }'), /retention\.keepDays\.flow is not known; known: checkpoints, flows/],
    [{ audit: Number.NaN }, /retention\.keepDays\.audit/],
    [{ effects: 30 }, /retention\.keepDays\.effects must be given together with flows/],
    [{ effects: 29, flows: 30 }, /retention\.keepDays\.effects .* could do its effects again, got 29/],
  ])("refuses %j by the name of the kind", (keepDays, message) => {
    expect(() => createRetention({ storage: memoryStorage(), keepDays })).toThrow(message);
  });

  it("works on what was scheduled for each tenant", async () => {
    const { storage, asked } = scripted([]);
    const jobs = memoryJobs();
    const retention = createRetention({ storage, clock, keepDays: { messages: 0 } });
    const worker = await retention.work(jobs);

    await jobs.enqueue({ queue: "retention", tenant: "acme", payload: null });
    await jobs.enqueue({ queue: "retention", tenant: "globex", payload: null });
    while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await worker.drain();

    expect(asked.map(({ tenant }) => tenant)).toEqual(["acme", "globex"]);
    await retention.schedule(jobs, { tenants: ["acme", "globex"], cron: "0 4 * * *", zone: "Europe/Berlin" });
    await expect(jobs.unschedule("retention:globex")).resolves.toBeUndefined();
  });
});
