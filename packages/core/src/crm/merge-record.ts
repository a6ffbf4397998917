import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { FieldPolicy, FieldRule } from "./field-policy.js";
import { comparableText, type FieldValue, isEmpty, isSame } from "./same-value.js";

/** A record as one side has it. */
export interface RecordSide {
  readonly values: JsonObject;
  /** When it was changed, in milliseconds since 1970: the record, or a field where that is known. */
  readonly changedAtMs: number;
  readonly fieldChangedAtMs?: Readonly<Record<string, number>> | undefined;
}

/**
 * What both sides had when they last agreed: each in its own form, since a CRM may keep a value in another than it was given. A
 * field that a conflict holds open is what they agreed on before it.
 */
export interface AgreedBase {
  readonly app: JsonObject;
  readonly crm: JsonObject;
}

/** A field that both sides changed, each to something else. */
export interface FieldConflict {
  readonly field: string;
  readonly policy: FieldPolicy;
  readonly base: JsonValue;
  readonly app: JsonValue;
  readonly crm: JsonValue;
  /** Whose value was taken; `open` where a person decides. */
  readonly taken: "app" | "crm" | "both" | "open";
}

/** What is to be written where. Null takes a value away. */
export interface MergedRecord {
  readonly toApp: JsonObject;
  readonly toCrm: JsonObject;
  readonly conflicts: readonly FieldConflict[];
  /** The base once both are written. */
  readonly base: AgreedBase;
}

/** How two sides are merged. */
export interface MergeOptions {
  /** The fields that are kept in step, with their rules; others are left alone. */
  readonly rules: Readonly<Record<string, FieldRule>>;
  /** How far the clocks of the two sides may be apart, in milliseconds. @defaultValue 60,000 */
  readonly toleranceMs?: number | undefined;
}

const DEFAULT_TOLERANCE_MS = 60_000;

/**
 * Merges the two sides of a record, field by field, over what they last agreed on. Pure: the same sides give the same writes, and
 * merging again what was written gives none.
 *
 * @param base - Absent when the two were not linked before: what is on one side alone is then put on the other, and what differs
 * counts as changed on both.
 * @example
 * ```ts
 * const base = { app: { title: "CIO" }, crm: { title: "CIO" } };
 * const app = { values: { title: "CIO", phone: "+4930123" }, changedAtMs: 0 };
 * const crm = { values: { title: "CTO" }, changedAtMs: 0 };
 * const { toApp, toCrm } = mergeRecord(app, crm, base, { rules: { title: {}, phone: {} } });
 * // toApp { title: "CTO" }, toCrm { phone: "+4930123" }
 * ```
 * @remarks Three-way merge as in diff3 (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007), with fields for chunks.
 */
export function mergeRecord(
  app: RecordSide,
  crm: RecordSide,
  base: AgreedBase | undefined,
  options: MergeOptions,
): MergedRecord {
  const merge = new Merge(app, crm, base, options.toleranceMs ?? DEFAULT_TOLERANCE_MS);
  for (const [field, rule] of Object.entries(options.rules)) merge.field(field, rule);
  return merge.result();
}

class Merge {
  readonly #app: RecordSide;
  readonly #crm: RecordSide;
  readonly #base: AgreedBase | undefined;
  readonly #toleranceMs: number;
  readonly #toApp: Record<string, JsonValue> = {};
  readonly #toCrm: Record<string, JsonValue> = {};
  readonly #conflicts: FieldConflict[] = [];
  readonly #next: { app: Record<string, JsonValue>; crm: Record<string, JsonValue> };

  constructor(app: RecordSide, crm: RecordSide, base: AgreedBase | undefined, toleranceMs: number) {
    this.#app = app;
    this.#crm = crm;
    this.#base = base;
    this.#toleranceMs = toleranceMs;
    this.#next = { app: { ...base?.app }, crm: { ...base?.crm } };
  }

  result(): MergedRecord {
    return { toApp: this.#toApp, toCrm: this.#toCrm, conflicts: this.#conflicts, base: this.#next };
  }

  field(field: string, { policy = "last-write-wins", direction = "both" }: FieldRule): void {
    const [app, crm] = [this.#app.values[field], this.#crm.values[field]];
    const isAppChanged = direction !== "to-app" && !isSame(app, this.#base?.app[field]);
    const isCrmChanged = direction !== "to-crm" && !isSame(crm, this.#base?.crm[field]);
    if (isSame(app, crm)) this.#agree(field, app, crm);
    else if (policy === "fill-empty") this.#fill(field, direction, app, crm);
    else if (isAppChanged && isCrmChanged) this.#both(field, policy, app, crm);
    else if (isAppChanged) this.#take("app", field, app);
    else if (isCrmChanged) this.#take("crm", field, crm);
    // Neither changed: each keeps the form in which it has what they agreed on.
  }

  #both(field: string, policy: FieldPolicy, app: FieldValue, crm: FieldValue): void {
    const base = this.#base?.app[field];
    const union = policy === "union" ? unionOf(base, app, crm) : undefined;
    const taken = union ? "both" : this.#winner(field, policy);
    if (union) this.#takeBoth(field, union, app, crm);
    else if (taken === "app") this.#take("app", field, app);
    else if (taken === "crm") this.#take("crm", field, crm);
    this.#conflicts.push({
      ...{ field, policy, taken },
      ...{ base: base ?? null, app: app ?? null, crm: crm ?? null },
    });
  }

  /** Whatever changed: two values stay, each on its side. */
  #fill(field: string, direction: FieldRule["direction"], app: FieldValue, crm: FieldValue): void {
    if (isEmpty(app) && direction !== "to-crm") this.#take("crm", field, crm);
    else if (isEmpty(crm) && direction !== "to-app") this.#take("app", field, app);
    else this.#agree(field, app, crm);
  }

  #winner(field: string, policy: FieldPolicy): "app" | "crm" | "open" {
    if (policy === "review") return "open";
    if (policy === "app-wins") return "app";
    if (policy === "crm-wins") return "crm";
    const aheadMs = changedAt(this.#app, field) - changedAt(this.#crm, field);
    return aheadMs > this.#toleranceMs ? "app" : "crm";
  }

  #take(from: "app" | "crm", field: string, value: FieldValue): void {
    const to = from === "app" ? this.#toCrm : this.#toApp;
    to[field] = value ?? null;
    this.#agree(field, value, value);
  }

  #takeBoth(field: string, union: readonly JsonValue[], app: FieldValue, crm: FieldValue): void {
    const value: JsonValue = [...union];
    if (!isSame(value, app)) this.#toApp[field] = value;
    if (!isSame(value, crm)) this.#toCrm[field] = value;
    this.#agree(field, value, value);
  }

  #agree(field: string, app: FieldValue, crm: FieldValue): void {
    set(this.#next.app, field, app);
    set(this.#next.crm, field, crm);
  }
}

function changedAt(side: RecordSide, field: string): number {
  return side.fieldChangedAtMs?.[field] ?? side.changedAtMs;
}

function set(values: Record<string, JsonValue>, field: string, value: FieldValue): void {
  if (value === undefined || value === null) delete values[field];
  else values[field] = value;
}

/** Nothing unless both are lists, or no value. */
function unionOf(base: FieldValue, app: FieldValue, crm: FieldValue): readonly JsonValue[] | undefined {
  const [before, ours, theirs] = [listOf(base), listOf(app), listOf(crm)];
  if (!before || !ours || !theirs) return undefined;
  const [beforeKeys, ourKeys, theirKeys] = [before, ours, theirs].map(keysOf) as [KeySet, KeySet, KeySet];
  const union = new Map<string, JsonValue>();
  for (const item of [...theirs, ...ours]) {
    const key = comparableText(item);
    const isRemoved = beforeKeys.has(key) && !(ourKeys.has(key) && theirKeys.has(key));
    if (!isRemoved && !union.has(key)) union.set(key, item);
  }
  return [...union.values()];
}

type KeySet = ReadonlySet<string>;

const keysOf = (list: readonly JsonValue[]): KeySet => new Set(list.map(comparableText));

function listOf(value: FieldValue): readonly JsonValue[] | undefined {
  if (isEmpty(value)) return [];
  return Array.isArray(value) ? value : undefined;
}
