import { at, fullRun, sampleRun } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** Runs of agents. */
export function runStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("run-store/1", () => {
    it("gives back a run as it was stored, every field of it", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(fullRun);
      expect(await runs.get("run-full")).toEqual(fullRun);
    });

    it("leaves absent what a run left out", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create({ ...sampleRun("run-1"), input: null });
      const run = await runs.get("run-1");
      expect(Object.keys(run ?? {}).sort()).toEqual(["agent", "id", "input", "startedAt", "status"]);
      expect(run?.input).toBe(null);
      expect(await runs.get("nobody")).toBe(undefined);
    });

    it("tells an output of null from none", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create({ ...sampleRun("run-1"), output: null });
      const run = await runs.get("run-1");
      expect("output" in (run ?? {})).toBe(true);
      expect(run?.output).toBe(null);
    });

    it("refuses an id that is taken, and keeps the run that has it", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(sampleRun("run-1", { agent: "first" }));
      await expect(runs.create(sampleRun("run-1", { agent: "second" }))).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "runs", field: "run.id" },
      });
      expect((await runs.get("run-1"))?.agent).toBe("first");
    });

    it("changes the fields of a patch and leaves the others", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(fullRun);
      await runs.update("run-full", { status: "failed", costUsd: 1.5 });
      await runs.update("run-full", { output: null, latencyMs: 0 });
      expect(await runs.get("run-full")).toEqual({
        ...fullRun,
        status: "failed",
        costUsd: 1.5,
        output: null,
        latencyMs: 0,
      });
    });

    it("takes an empty patch", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(fullRun);
      await runs.update("run-full", {});
      expect(await runs.get("run-full")).toEqual(fullRun);
    });

    it("refuses to change a run that isn't there", async () => {
      await using storage = await open();
      await expect(storage.tenant("acme").runs.update("nobody", { status: "failed" })).rejects.toMatchObject({
        code: "store.not_found",
        facts: { store: "runs", id: "nobody" },
      });
    });

    it("lists the latest start first; of equal starts, the one stored last", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const starts: readonly [string, number][] = [
        ["b", 2],
        ["d", 4],
        ["a", 1],
        ["c1", 3],
        ["c2", 3],
        ["c3", 3],
      ];
      for (const [id, second] of starts) await runs.create(sampleRun(id, { startedAt: at(second) }));
      const listed = await readAll((page) => runs.list({}, page), 2);
      expect(listed.map((run) => run.id)).toEqual(["d", "c3", "c2", "c1", "b", "a"]);
    });

    it("neither repeats nor skips a run while others begin between pages", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      for (let second = 0; second < 6; second++) {
        await runs.create(sampleRun(`run-${second}`, { startedAt: at(second) }));
      }
      let added = 0;
      const listed = await readAll(async (page) => {
        const read = await runs.list({}, page);
        await runs.create(sampleRun(`late-${added}`, { startedAt: at(10 + added++) }));
        return read;
      }, 2);
      expect(listed.map((run) => run.id)).toEqual(["run-5", "run-4", "run-3", "run-2", "run-1", "run-0"]);
    });

    it("lists by agent, status and lead", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      await runs.create(sampleRun("1", { agent: "a", status: "failed", leadId: "x" }));
      await runs.create(sampleRun("2", { agent: "a", status: "failed", leadId: "y" }));
      await runs.create(sampleRun("3", { agent: "b", status: "failed", leadId: "x" }));
      await runs.create(sampleRun("4", { agent: "a", status: "running", leadId: "x" }));
      const idsOf = async (filter: Parameters<typeof runs.list>[0]) =>
        (await runs.list(filter)).items.map((run) => run.id).sort();
      expect(await idsOf({ agent: "a" })).toEqual(["1", "2", "4"]);
      expect(await idsOf({ status: "failed" })).toEqual(["1", "2", "3"]);
      expect(await idsOf({ leadId: "x" })).toEqual(["1", "3", "4"]);
      expect(await idsOf({ agent: "a", status: "failed", leadId: "x" })).toEqual(["1"]);
    });
  });
}
