import type { SyncEntry, SyncEntryFilter, SyncRun, SyncRunStore } from "@salesagent/ports";
import {
  toNormalPage,
  toNormalSyncEntries,
  toNormalSyncRun,
  toStorable,
} from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

function toTest({ connection, kind, recordId, action }: SyncEntryFilter): (entry: SyncEntry) => boolean {
  return (entry) =>
    (connection === undefined || entry.connection === connection) &&
    (kind === undefined || entry.kind === kind) &&
    (recordId === undefined || entry.recordIds.includes(recordId)) &&
    (action === undefined || entry.action === action);
}

export function createMemorySyncRunStore({ rows, admit }: StoreContext): SyncRunStore {
  const { syncRuns, syncEntries } = rows;
  return {
    port: "sync-run-store/1",
    async put(run, call) {
      admit("syncRuns", call);
      const normal = toNormalSyncRun(run);
      syncRuns.put(normal.id, Date.parse(normal.startedAt), normal);
    },
    async get(id, call) {
      admit("syncRuns", call);
      return syncRuns.get(toStorable("syncRuns", "id", id));
    },
    async list(filter = {}, page, call) {
      admit("syncRuns", call);
      const { connection, status } = toStorable("syncRuns", "filter", filter);
      const where = (run: SyncRun) => status === undefined || run.status === status;
      return syncRuns.page({ page: toNormalPage("syncRuns", page), descending: true, where }, connection);
    },
    async log(entries, call) {
      admit("syncRuns", call);
      for (const entry of toNormalSyncEntries(entries)) {
        if (syncEntries.get(entry.id) === undefined) {
          syncEntries.insert(entry.id, Date.parse(entry.at), entry);
        }
      }
    },
    async entries(filter = {}, page, call) {
      admit("syncRuns", call);
      const { runId, ...rest } = toStorable("syncRuns", "filter", filter);
      const scan = { page: toNormalPage("syncRuns", page), descending: true, where: toTest(rest) };
      return syncEntries.page(scan, runId);
    },
  };
}
