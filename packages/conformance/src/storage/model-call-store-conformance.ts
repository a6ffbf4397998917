import type { ModelCallRecord } from "@salesagent/ports";
import { at, sampleModelCall } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const fullCall: Required<ModelCallRecord> = {
  id: "call-full",
  runId: "run-1",
  stepIndex: 0,
  agent: "qualification",
  leadId: "lead-1",
  campaignId: "spring 🌱",
  provider: "anthropic",
  modelId: "claude-sonnet-5",
  requestId: "req_🐟",
  purpose: "hedge",
  outcome: "failed",
  errorCode: "model.stream_cut",
  usage: {
    inputTokens: 10,
    cacheWriteTokens: 5,
    cacheWriteLongTokens: 1,
    outputTokens: 0,
    audioInputTokens: 9,
    audioOutputTokens: 0,
  },
  costUsd: 12.000000001,
  feeUsd: 0.000000001,
  estimated: false,
  startedAt: at(2),
  latencyMs: 0.5,
  firstTokenMs: 0,
};

/** Attempts at models. */
export function modelCallStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("model-call-store/1", () => {
    it("gives back a call as it was stored, and leaves absent what it left out", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      await modelCalls.addMany([sampleModelCall("call-1", { usage: {} }), fullCall]);
      const { items } = await modelCalls.list();
      expect(items).toEqual([sampleModelCall("call-1", { usage: {} }), fullCall]);
      expect(Object.keys(items[0] ?? {}).sort()).toEqual(Object.keys(sampleModelCall("call-1")).sort());
    });

    it("keeps costs to the billionth of a USD", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      const costs = [0, 0.000000001, 0.1 + 0.2, 1 / 3, 900_000.123456789];
      const calls = costs.map((costUsd, index) =>
        sampleModelCall(`call-${index}`, { costUsd, feeUsd: costUsd }),
      );
      await modelCalls.addMany(calls);
      const { items } = await modelCalls.list();
      const kept = [0, 0.000000001, 0.3, 0.333333333, 900_000.123456789];
      expect(items.map((call) => call.costUsd)).toEqual(kept);
      expect(items.map((call) => call.feeUsd)).toEqual(kept);
    });

    it("refuses a cost below 0 and a cost that isn't a number", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      for (const usd of [-0.01, Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const name of ["costUsd", "feeUsd"]) {
          await expect(
            modelCalls.addMany([sampleModelCall("call-0"), sampleModelCall("call-1", { [name]: usd })]),
          ).rejects.toMatchObject({ code: "store.invalid", facts: { field: `calls[1].${name}` } });
        }
      }
      expect((await modelCalls.list()).items).toEqual([]);
    });

    it("passes over a call whose id is stored already", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      await modelCalls.addMany([sampleModelCall("call-1", { latencyMs: 1 })]);
      await modelCalls.addMany([
        sampleModelCall("call-1", { latencyMs: 2 }),
        sampleModelCall("call-2", { latencyMs: 3 }),
        sampleModelCall("call-2", { latencyMs: 4 }),
      ]);
      expect((await modelCalls.list()).items.map((call) => call.latencyMs)).toEqual([1, 3]);
    });

    it("lists by start, earliest first; of equal starts, the one stored first", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      const starts: readonly [string, number][] = [
        ["c", 3],
        ["a", 1],
        ["b1", 2],
        ["b2", 2],
        ["b3", 2],
      ];
      await modelCalls.addMany(starts.map(([id, second]) => sampleModelCall(id, { startedAt: at(second) })));
      const listed = await readAll((page) => modelCalls.list({}, page), 2);
      expect(listed.map((call) => call.id)).toEqual(["a", "b1", "b2", "b3", "c"]);
    });

    it("lists by run", async () => {
      await using storage = await open();
      const { modelCalls } = storage.tenant("acme");
      await modelCalls.addMany([
        sampleModelCall("1", { runId: "x" }),
        sampleModelCall("2", { runId: "y" }),
        sampleModelCall("3"),
        sampleModelCall("4", { runId: "x" }),
      ]);
      const listed = await readAll((page) => modelCalls.list({ runId: "x" }, page), 1);
      expect(listed.map((call) => call.id)).toEqual(["1", "4"]);
    });
  });
}
