import { type ModelCallRecord, type RunRecord, SalesAgentError, type TenantStorage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { RecordWriter, type RunRecords } from "./record-writer.js";

const startedAt = "2026-05-01T09:00:00.000Z";

function recordsOf(id: string, run: Partial<RunRecord> = {}, parts: Partial<RunRecords> = {}): RunRecords {
  return {
    run: { id, agent: "writer", status: "completed", input: null, startedAt, ...run },
    steps: [
      { runId: id, index: 0, kind: "rules", name: "icp", status: "completed", startedAt, latencyMs: 1 },
    ],
    modelCalls: [],
    results: [],
    audit: [],
    ...parts,
  };
}

function callOf(runId: string, costUsd: number): ModelCallRecord {
  return {
    id: `call-${runId}`,
    runId,
    agent: "writer",
    provider: "toy",
    modelId: "small",
    outcome: "completed",
    usage: { inputTokens: 10 },
    costUsd,
    startedAt,
    latencyMs: 5,
  };
}

/** A memory storage that counts its transactions; `fail` throws before one begins. */
function setup(fail: () => void = () => {}) {
  const stores = memoryStorage().tenant("acme");
  const told = { transactions: 0 };
  const storage: TenantStorage = {
    ...stores,
    transaction: async (work, options) => {
      told.transactions += 1;
      fail();
      return stores.transaction(work, options);
    },
  };
  return { stores, told, writer: new RecordWriter(storage) };
}

const statusesOf = (outcomes: readonly PromiseSettledResult<void>[]) =>
  outcomes.map((outcome) => outcome.status);

describe("RecordWriter", () => {
  it("gathers what comes while it writes into one transaction", async () => {
    const { stores, told, writer } = setup();
    const writes = ["1", "2", "3", "4"].map((id) =>
      writer.write(recordsOf(id, {}, { modelCalls: [callOf(id, 0.25)] })),
    );
    expect(writer.idle).toBe(false);
    await Promise.all(writes);
    expect(told.transactions).toBe(2);
    expect((await stores.runs.list()).items.map((run) => run.id).sort()).toEqual(["1", "2", "3", "4"]);
    expect(await stores.usage.list()).toMatchObject([{ calls: 4, costNanoUsd: 1_000_000_000 }]);
    expect(writer.idle).toBe(true);
  });

  it("lets a run's end stand over its start, in one transaction and in two", async () => {
    const { stores, writer } = setup();
    const start = (id: string) => writer.write(recordsOf(id, { status: "running" }));
    const end = (id: string) => writer.write(recordsOf(id, { output: "done" }));
    await start("apart");
    await Promise.all([end("apart"), start("together"), end("together")]);
    for (const id of ["apart", "together"]) {
      expect(await stores.runs.get(id)).toMatchObject({ status: "completed", output: "done" });
    }
  });

  it("fails the one run whose records can't be stored, not those that shared its transaction", async () => {
    const { stores, writer } = setup();
    const outcomes = await Promise.allSettled([
      writer.write(recordsOf("first")),
      writer.write(recordsOf("good", {}, { modelCalls: [callOf("good", 0.5)] })),
      writer.write(recordsOf("bad", { output: "a\0b" }, { modelCalls: [callOf("bad", 0.5)] })),
      writer.write(recordsOf("last")),
    ]);
    expect(statusesOf(outcomes)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[2]).toMatchObject({ reason: { code: "store.invalid" } });
    expect(await stores.runs.get("bad")).toBeUndefined();
    expect((await stores.steps.list("bad")).items).toEqual([]);
    expect((await stores.steps.list("last")).items).toHaveLength(1);
    expect(await stores.usage.list()).toMatchObject([{ calls: 1 }]);
  });

  it("fails all that wait when the storage is down, without trying each, and goes on when it is back", async () => {
    let down = true;
    const { stores, told, writer } = setup(() => {
      if (down)
        throw new SalesAgentError("store.unavailable", {
          message: "nothing listens there",
          facts: { store: "transaction" },
          replay: "safe",
        });
    });
    const outcomes = await Promise.allSettled(["1", "2", "3", "4"].map((id) => writer.write(recordsOf(id))));
    expect(statusesOf(outcomes)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
    expect(told.transactions).toBe(2);
    down = false;
    await writer.write(recordsOf("5"));
    expect((await stores.runs.list()).items.map((run) => run.id)).toEqual(["5"]);
  });
});
