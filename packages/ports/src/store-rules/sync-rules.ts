import type { SyncCursor } from "../stores/sync-cursor-store.js";
import type { SyncEntry, SyncRun } from "../stores/sync-run-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalError, toNormalName, toNormalRevision } from "./link-rules.js";
import { toNormalKind } from "./record-rules.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const STATUSES: ReadonlySet<string> = new Set<SyncRun["status"]>([
  "running",
  "completed",
  "failed",
  "stopped",
]);
const DIRECTIONS: ReadonlySet<string> = new Set<SyncRun["direction"]>(["both", "to-app", "to-crm"]);

/** A cursor as it is to be. */
export type NormalCursor = Pick<SyncCursor, "connection" | "name" | "value"> & {
  readonly ifRevision: number | null | undefined;
};

/** @throws `store.invalid`. */
export function toNormalCursor({
  connection,
  name,
  value,
  ifRevision,
}: Omit<NormalCursor, "ifRevision"> & Partial<Pick<NormalCursor, "ifRevision">>): NormalCursor {
  if (!isPlainObject(value)) throw invalidValue("syncCursors", "cursor.value", "it is not an object");
  return {
    connection: toNormalName("syncCursors", "cursor.connection", connection),
    name: toNormalId("syncCursors", "cursor.name", name),
    value: toStorable("syncCursors", "cursor.value", value),
    ifRevision: toNormalRevision("syncCursors", "cursor.ifRevision", ifRevision),
  };
}

/** @throws `store.invalid`. */
export function toNormalSyncRun(run: SyncRun): SyncRun {
  const { id, connection, kinds, trigger, direction, status, counts, error, startedAt, finishedAt } = run;
  checkOneOf("run.status", STATUSES, status);
  checkOneOf("run.direction", DIRECTIONS, direction);
  if (!Array.isArray(kinds)) throw invalidValue("syncRuns", "run.kinds", "it is not a list");
  if (!isPlainObject(counts)) throw invalidValue("syncRuns", "run.counts", "it is not an object");
  for (const [name, count] of Object.entries(counts)) {
    if (typeof count !== "number") throw invalidValue("syncRuns", `run.counts.${name}`, "it is not a number");
  }
  return Object.freeze({
    id: toNormalId("syncRuns", "run.id", id),
    connection: toNormalName("syncRuns", "run.connection", connection),
    kinds: Object.freeze(kinds.map((kind, index) => toNormalKind("syncRuns", `run.kinds[${index}]`, kind))),
    trigger: toNormalId("syncRuns", "run.trigger", trigger),
    direction,
    status,
    counts: toStorable("syncRuns", "run.counts", counts),
    ...(error === undefined ? {} : { error: toNormalError("syncRuns", "run.error", error) }),
    startedAt: toInstant("syncRuns", "run.startedAt", startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: toInstant("syncRuns", "run.finishedAt", finishedAt) }),
  });
}

/** Each id once: the first one counts. @throws `store.invalid` naming `entries[i].…`. */
export function toNormalSyncEntries(entries: readonly SyncEntry[]): readonly SyncEntry[] {
  const byId = new Map<string, SyncEntry>();
  entries.forEach((entry, index) => {
    const normal = toNormalSyncEntry(`entries[${index}]`, entry);
    if (!byId.has(normal.id)) byId.set(normal.id, normal);
  });
  return [...byId.values()];
}

function toNormalSyncEntry(field: string, entry: SyncEntry): SyncEntry {
  const { id, connection, runId, kind, action, recordIds, crmIds, detail, at } = entry;
  if (detail !== undefined && !isPlainObject(detail)) {
    throw invalidValue("syncRuns", `${field}.detail`, "it is not an object");
  }
  return Object.freeze({
    id: toNormalId("syncRuns", `${field}.id`, id),
    connection: toNormalName("syncRuns", `${field}.connection`, connection),
    ...(runId === undefined ? {} : { runId: toNormalId("syncRuns", `${field}.runId`, runId) }),
    kind: toNormalKind("syncRuns", `${field}.kind`, kind),
    action: toNormalId("syncRuns", `${field}.action`, action),
    recordIds: toIds(`${field}.recordIds`, recordIds),
    crmIds: toIds(`${field}.crmIds`, crmIds),
    ...(detail === undefined ? {} : { detail: toStorable("syncRuns", `${field}.detail`, detail) }),
    at: toInstant("syncRuns", `${field}.at`, at),
  });
}

function toIds(field: string, ids: readonly string[]): readonly string[] {
  if (!Array.isArray(ids)) throw invalidValue("syncRuns", field, "it is not a list");
  return Object.freeze(ids.map((id, index) => toNormalId("syncRuns", `${field}[${index}]`, id)));
}

function checkOneOf(field: string, known: ReadonlySet<string>, value: string): void {
  if (!known.has(value)) throw invalidValue("syncRuns", field, `it is not one of ${[...known].join(", ")}`);
}
