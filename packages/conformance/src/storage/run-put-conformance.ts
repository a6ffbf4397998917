import type { RunRecord, RunStore } from "@salesagent/ports";
import { at, fullRun, sampleRun } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

async function readIds(runs: RunStore, leadId?: string): Promise<readonly string[]> {
  return (await readAll((page) => runs.list({ leadId }, page), 2)).map((run) => run.id);
}

/** Runs that are written many at once. */
export function runPutConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("run-store/1, putting many", () => {
    it("creates runs that are new, every field of them, and leaves absent what they left out", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const bare = { ...sampleRun("run-1"), input: null };
      const outputOfNull = sampleRun("run-2", { output: null });
      await runs.putMany([fullRun, bare, outputOfNull]);
      expect(await runs.get("run-full")).toEqual(fullRun);
      expect(Object.keys((await runs.get("run-1")) ?? {}).sort()).toEqual(Object.keys(bare).sort());
      expect((await runs.get("run-1"))?.input).toBe(null);
      expect((await runs.get("run-2"))?.output).toBe(null);
    });

    it("replaces a stored run whole: what the new one leaves out is gone", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(fullRun);
      const bare = sampleRun("run-full", { agent: "writer" });
      await runs.putMany([bare, sampleRun("run-2")]);
      const run = await runs.get("run-full");
      expect(run).toEqual(bare);
      expect(Object.keys(run ?? {}).sort()).toEqual(Object.keys(bare).sort());
      expect(await readIds(runs, "lead-1")).toEqual([]);
    });

    it("keeps the last of the runs of one id", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const twice = (status: RunRecord["status"]) => sampleRun("run-1", { status });
      await runs.putMany([twice("running"), sampleRun("run-2"), twice("completed")]);
      expect((await runs.get("run-1"))?.status).toBe("completed");
      expect(await readIds(runs)).toEqual(["run-2", "run-1"]);
    });

    it("leaves the order of the list as it was when runs are replaced", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.putMany(["c", "a", "b"].map((id) => sampleRun(id, { leadId: "lead-1" })));
      const before = await readIds(runs);
      await runs.putMany([sampleRun("a", { leadId: "lead-1", status: "failed" }), sampleRun("d")]);
      expect(before).toEqual(["b", "a", "c"]);
      expect(await readIds(runs)).toEqual(["d", "b", "a", "c"]);
      expect(await readIds(runs, "lead-1")).toEqual(["b", "a", "c"]);
    });

    it("lists a run under the start and the lead that it was given last", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.putMany([1, 2, 3].map((second) => sampleRun(`run-${second}`, { startedAt: at(second) })));
      await runs.putMany([sampleRun("run-1", { startedAt: at(3), leadId: "lead-1" })]);
      await runs.putMany([sampleRun("run-2", { startedAt: at(9), leadId: "lead-1" })]);
      expect(await readIds(runs)).toEqual(["run-2", "run-3", "run-1"]);
      expect(await readIds(runs, "lead-1")).toEqual(["run-2", "run-1"]);
    });

    it("shows a transaction what it put, in the order that stands afterwards", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.runs.putMany(
        [1, 2, 3].map((second) => sampleRun(`run-${second}`, { startedAt: at(second) })),
      );
      const inside = await acme.transaction(async ({ runs }) => {
        await runs.putMany([
          sampleRun("new", { startedAt: at(3) }),
          sampleRun("run-1", { startedAt: at(3) }),
        ]);
        await runs.putMany([sampleRun("run-2", { startedAt: at(2), status: "failed" })]);
        await runs.update("run-1", { status: "failed" });
        return readIds(runs);
      });
      expect(inside).toEqual(["new", "run-3", "run-1", "run-2"]);
      expect(await readIds(acme.runs)).toEqual(inside);
      expect((await acme.runs.list({ status: "failed" })).items.map((run) => run.id)).toEqual([
        "run-1",
        "run-2",
      ]);
    });

    it("takes thousands at once, and none", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.putMany([]);
      await runs.putMany(Array.from({ length: 2500 }, (_, index) => sampleRun(`run-${index}`)));
      for (const index of [0, 999, 1000, 2499]) {
        expect((await runs.get(`run-${index}`))?.id).toBe(`run-${index}`);
      }
    });
  });
}
