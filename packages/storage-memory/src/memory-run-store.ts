import type { RunFilter, RunRecord, RunStore } from "@salesagent/ports";
import {
  invalidValue,
  type Part,
  recordNotFound,
  toNormalPage,
  toNormalPatch,
  toNormalRun,
  toNormalStatsRange,
  toPartsCost,
  toRunStats,
  toStorable,
} from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

function toTest({ agent, status }: RunFilter): (run: RunRecord) => boolean {
  return (run) =>
    (agent === undefined || run.agent === agent) && (status === undefined || run.status === status);
}

const EVERYTHING = { after: undefined, limit: Number.POSITIVE_INFINITY };

export function createMemoryRunStore({ rows, admit }: StoreContext): RunStore {
  const callsOf = (runId: string) => rows.modelCalls.page({ page: EVERYTHING }, runId).items;
  return {
    port: "run-store/1",
    async create(run, call) {
      admit("runs", call);
      const stored = toNormalRun("run", run);
      if (rows.runs.get(stored.id) !== undefined) throw invalidValue("runs", "run.id", "it is taken");
      rows.runs.insert(stored.id, Date.parse(stored.startedAt), stored);
    },
    async update(id, patch, call) {
      admit("runs", call);
      const changes = toNormalPatch(patch);
      const run = rows.runs.get(toStorable("runs", "id", id));
      if (run === undefined) throw recordNotFound("runs", id);
      rows.runs.replace(id, Object.freeze({ ...run, ...changes }));
    },
    async putMany(runs, call) {
      admit("runs", call);
      for (const run of runs.map((record, index) => toNormalRun(`runs[${index}]`, record))) {
        rows.runs.put(run.id, Date.parse(run.startedAt), run);
      }
    },
    async get(id, call) {
      admit("runs", call);
      return rows.runs.get(toStorable("runs", "id", id));
    },
    async list(filter = {}, page, call) {
      admit("runs", call);
      const { leadId, ...rest } = toStorable("runs", "filter", filter);
      const scan = { page: toNormalPage("runs", page), descending: true, where: toTest(rest) };
      return rows.runs.page(scan, leadId);
    },
    async stats(range, call) {
      admit("runs", call);
      const { from, before, agent } = toNormalStatsRange(range);
      const counted = rows.runs
        .all()
        .filter(
          (run) =>
            run.startedAt >= from && run.startedAt < before && (agent === undefined || run.agent === agent),
        );
      return toRunStats(counted);
    },
    async costsOfParts(parentRunIds, call) {
      admit("runs", call);
      const parts = new Map(toStorable("runs", "parentRunIds", parentRunIds).map((id) => [id, [] as Part[]]));
      for (const run of rows.runs.all()) {
        if (run.parentRunId === undefined) continue;
        parts.get(run.parentRunId)?.push({ run, modelCalls: callsOf(run.id) });
      }
      return [...parts].flatMap(([id, found]) => (found.length === 0 ? [] : toPartsCost(id, found)));
    },
  };
}
