import type { ConflictRecord, ConflictStore } from "../stores/conflict-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalName } from "./link-rules.js";
import { toNormalKind } from "./record-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** How a conflict is ended. */
export type ConflictEnd = Parameters<ConflictStore["endMany"]>[0][number];

const STATUSES: ReadonlySet<string> = new Set<ConflictRecord["status"]>([
  "open",
  "settled",
  "resolved",
  "gone",
]);
const ENDS: ReadonlySet<string> = new Set<ConflictEnd["status"]>(["resolved", "gone"]);
const TAKEN: ReadonlySet<string> = new Set<NonNullable<ConflictRecord["taken"]>>([
  "app",
  "crm",
  "both",
  "value",
]);

/** Each id once: the first one counts. @throws `store.invalid` naming `conflicts[i].…`. */
export function toNormalConflicts(conflicts: readonly ConflictRecord[]): readonly ConflictRecord[] {
  const byId = new Map<string, ConflictRecord>();
  conflicts.forEach((conflict, index) => {
    const normal = toNormalConflict(`conflicts[${index}]`, conflict);
    if (!byId.has(normal.id)) byId.set(normal.id, normal);
  });
  return [...byId.values()];
}

/** The end of a conflict, with nothing that is undefined. */
export interface NormalEnd extends Pick<ConflictRecord, "id" | "taken" | "value"> {
  readonly status: ConflictEnd["status"];
  readonly by?: string;
}

/** Each id once: the first one counts. @throws `store.invalid` naming `ends[i].…`. */
export function toNormalEnds(ends: readonly ConflictEnd[]): readonly NormalEnd[] {
  const byId = new Map<string, NormalEnd>();
  ends.forEach(({ id, status, taken, value, by }, index) => {
    const field = `ends[${index}]`;
    checkOneOf(`${field}.status`, ENDS, status);
    if (taken !== undefined) checkOneOf(`${field}.taken`, TAKEN, taken);
    const normal = Object.freeze({
      id: toNormalId("conflicts", `${field}.id`, id),
      status,
      ...(taken === undefined ? {} : { taken }),
      ...(value === undefined ? {} : { value: toStorable("conflicts", `${field}.value`, value) }),
      ...(by === undefined ? {} : { by: toNormalId("conflicts", `${field}.by`, by) }),
    });
    if (!byId.has(normal.id)) byId.set(normal.id, normal);
  });
  return [...byId.values()];
}

function toNormalConflict(field: string, conflict: ConflictRecord): ConflictRecord {
  const { crmId, status, taken, value, endedAt, endedBy } = conflict;
  const toName = (name: string, text: string) => toNormalId("conflicts", `${field}.${name}`, text);
  checkOneOf(`${field}.status`, STATUSES, status);
  if (taken !== undefined) checkOneOf(`${field}.taken`, TAKEN, taken);
  const toValue = (name: "base" | "app" | "crm") =>
    toStorable("conflicts", `${field}.${name}`, checked(`${field}.${name}`, conflict[name]));
  return Object.freeze({
    id: toName("id", conflict.id),
    connection: toNormalName("conflicts", `${field}.connection`, conflict.connection),
    kind: toNormalKind("conflicts", `${field}.kind`, conflict.kind),
    recordId: toName("recordId", conflict.recordId),
    ...(crmId === undefined ? {} : { crmId: toName("crmId", crmId) }),
    field: toName("field", conflict.field),
    policy: toName("policy", conflict.policy),
    base: toValue("base"),
    app: toValue("app"),
    crm: toValue("crm"),
    status,
    ...(taken === undefined ? {} : { taken }),
    ...(value === undefined ? {} : { value: toStorable("conflicts", `${field}.value`, value) }),
    foundAt: toInstant("conflicts", `${field}.foundAt`, conflict.foundAt),
    ...(endedAt === undefined ? {} : { endedAt: toInstant("conflicts", `${field}.endedAt`, endedAt) }),
    ...(endedBy === undefined ? {} : { endedBy: toName("endedBy", endedBy) }),
  });
}

function checked<Value>(field: string, value: Value): Value {
  if (value === undefined) throw invalidValue("conflicts", field, "it is not JSON; nothing is null");
  return value;
}

function checkOneOf(field: string, known: ReadonlySet<string>, value: string): void {
  if (!known.has(value)) throw invalidValue("conflicts", field, `it is not one of ${[...known].join(", ")}`);
}
