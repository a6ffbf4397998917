import type { CrmChange, CrmDraft, CrmKind, CrmKindSupport, CrmRecord, JsonObject } from "@salesagent/ports";
import type { CrmDoubleOptions } from "./crm-double-options.js";
import type { DoubleErrors } from "./double-errors.js";
import { asValues, type DoubleKey, DoubleKeyIndex, keyValues } from "./double-key-index.js";
import { applied, filled, joinedLinks } from "./double-merge.js";
import type { DoubleLogEntry, DoubleRow } from "./double-row.js";
import type { DoubleStamps } from "./double-stamps.js";

/** What the tables of a double share. */
export interface DoubleContext {
  readonly options: CrmDoubleOptions;
  readonly errors: DoubleErrors;
  readonly stamps: DoubleStamps;
  readonly random: () => number;
  now(): number;
  rewrite(field: string, value: unknown, kind: CrmKind): unknown;
  /** The id of the record that stands where `id` leads, if any does. */
  standingId(kind: CrmKind, id: string): string | undefined;
  /** Goes up when a link may lead elsewhere than before. */
  epoch: number;
  /** Told of every write, for stamps that move by themselves. */
  wrote(kind: CrmKind, id: string): void;
}

/** The records of one kind, and the log of their changes. */
export class DoubleTable<Kind extends CrmKind> {
  readonly kind: Kind;
  readonly support: CrmKindSupport;
  /** All that ever were, oldest first: a walk goes by the index. */
  readonly rows: DoubleRow<Kind>[] = [];
  readonly log: DoubleLogEntry<Kind>[] = [];
  readonly index: DoubleKeyIndex<Kind>;
  standing = 0;
  readonly #byId = new Map<string, DoubleRow<Kind>>();
  readonly #context: DoubleContext;
  readonly #unique: readonly DoubleKey[];
  readonly #names: ReadonlySet<string>;

  constructor(kind: Kind, support: CrmKindSupport, context: DoubleContext) {
    this.kind = kind;
    this.support = support;
    this.#context = context;
    this.#unique = context.options.unique?.[kind] ?? [];
    this.#names = new Set(support.fields.filter((name) => !support.readOnlyFields?.includes(name)));
    this.index = new DoubleKeyIndex([...support.lookup.map(({ by }) => by), ...this.#unique]);
  }

  row(id: string): DoubleRow<Kind> | undefined {
    return this.#byId.get(id);
  }

  /** The row that stands where an id leads, also beyond merges. */
  resolve(id: string): DoubleRow<Kind> | undefined {
    let row = this.#byId.get(id);
    const follows = this.#context.options.mergedIds !== "gone";
    while (row?.mergedInto !== undefined && follows) row = this.#byId.get(row.mergedInto);
    return row?.state === "stands" ? row : undefined;
  }

  create(draft: CrmDraft<Kind>): DoubleRow<Kind> {
    const required = this.support.requiredLink;
    if (required !== undefined && draft.links?.[required]?.[0] === undefined)
      throw this.#context.errors.fieldInvalid(this.kind, `links.${required}`);
    const fields = this.#taken({}, draft.fields);
    const custom: JsonObject = applied({}, draft.custom ?? {});
    this.#refuse(fields, custom, undefined);
    return this.#insert({ fields, custom, links: draft.links ?? {}, mergedIds: [] });
  }

  update(change: CrmChange<Kind>): DoubleRow<Kind> {
    const row = this.#standingRow(change.id);
    const fields = this.#taken(row.fields, change.fields ?? {});
    const custom: JsonObject = applied(row.custom, change.custom ?? {});
    this.#refuse(fields, custom, row);
    this.index.remove(row);
    Object.assign(row, { fields, custom, links: joinedLinks(row.links, change.links ?? {}) });
    row.keysAtMs = this.#context.now();
    this.index.add(row);
    this.#context.wrote(this.kind, row.id);
    return this.touch(row);
  }

  /** @returns Whether there was one. */
  remove(id: string): boolean {
    const row = this.#byId.get(id);
    if (row?.state !== "stands") return false;
    this.#end(row, "removed");
    return true;
  }

  restore(id: string): void {
    const row = this.#byId.get(id);
    if (row?.state !== "removed") throw this.#context.errors.notFound(this.kind, id);
    this.#refuse(row.fields, row.custom, row);
    row.state = "stands";
    this.standing += 1;
    this.index.add(row);
    this.#context.epoch += 1;
    this.touch(row);
  }

  /** @returns The row that stands then. */
  merge(survivorId: string, loserId: string): DoubleRow<Kind> {
    if (survivorId === loserId) throw new RangeError("a record can't be merged into itself");
    const [survivor, loser] = [this.#standingRow(survivorId), this.#standingRow(loserId)];
    const fields = filled(survivor.fields, loser.fields);
    const custom = filled(survivor.custom, loser.custom);
    const links = joinedLinks(survivor.links, loser.links);
    const third = this.#context.options.merge === "third-record";
    const gone = [...(third ? [survivor.id] : []), loser.id, ...survivor.mergedIds, ...loser.mergedIds];
    this.#end(loser, "merged");
    if (third) this.#end(survivor, "merged");
    const row = third
      ? this.#insert({ fields, custom, links, mergedIds: gone })
      : this.#absorb(survivor, { fields, custom, links, mergedIds: gone });
    loser.mergedInto = row.id;
    if (third) survivor.mergedInto = row.id;
    return row;
  }

  /** Moves a row's stamp, and puts its change on the log, at an instant: by default now. */
  touch(row: DoubleRow<Kind>, atMs = this.#context.now()): DoubleRow<Kind> {
    return this.#log(row, this.#context.stamps.next(atMs), atMs);
  }

  /** The row as the CRM tells it. */
  toRecord(row: DoubleRow<Kind>): CrmRecord<Kind> {
    const { epoch, stamps, options } = this.#context;
    if (row.told?.epoch === epoch) return row.told.record;
    const record: CrmRecord<Kind> = {
      kind: this.kind,
      id: row.id,
      fields: row.fields,
      custom: row.custom,
      links: this.#toldLinks(row),
      updatedAt: stamps.text(row.updatedMicros),
      createdAt: stamps.text(row.createdMicros),
      ...(row.mergedIds.length > 0 && options.mergedIds !== "gone" && { mergedIds: row.mergedIds }),
    };
    row.told = { epoch, record };
    return record;
  }

  #toldLinks({ links }: DoubleRow<Kind>): CrmRecord<Kind>["links"] {
    const told = Object.entries(links).flatMap(([kind, ids]) => {
      const standing = ids.map((id) => this.#context.standingId(kind as CrmKind, id));
      const unique = [...new Set(standing.filter((id) => id !== undefined))];
      return unique.length > 0 ? [[kind, unique]] : [];
    });
    return Object.fromEntries(told);
  }

  #standingRow(id: string): DoubleRow<Kind> {
    const row = this.#byId.get(id);
    if (row?.state === "stands") return row;
    throw this.#context.errors.notFound(this.kind, id, row === undefined ? undefined : this.resolve(id)?.id);
  }

  #taken(before: object, change: object): DoubleRow<Kind>["fields"] {
    const kept = Object.entries(change)
      .filter(([name, value]) => this.#names.has(name) && value !== undefined)
      .map(([name, value]) => [name, this.#context.rewrite(name, value, this.kind)]);
    return applied(before, Object.fromEntries(kept));
  }

  #refuse(
    fields: DoubleRow<Kind>["fields"],
    custom: DoubleRow<Kind>["custom"],
    self: DoubleRow<Kind> | undefined,
  ) {
    const { options, errors } = this.#context;
    const values = asValues(fields);
    const refused = options.refuses?.(this.kind, values);
    if (refused !== undefined) throw errors.fieldInvalid(this.kind, refused);
    for (const by of this.#unique)
      for (const value of keyValues(by, values, custom)) {
        const other = this.index.find(by, value).find((row) => row !== self);
        if (other) throw errors.exists(this.kind, options.tellsExistingId === false ? undefined : other.id);
      }
  }

  #insert(content: Pick<DoubleRow<Kind>, "fields" | "custom" | "links" | "mergedIds">): DoubleRow<Kind> {
    const micros = this.#context.stamps.next();
    const row: DoubleRow<Kind> = {
      ...content,
      kind: this.kind,
      id: `${this.kind}-${this.rows.length + 1}`,
      state: "stands",
      createdMicros: micros,
      updatedMicros: micros,
      keysAtMs: this.#context.now(),
      logIndex: 0,
    };
    this.rows.push(row);
    this.#byId.set(row.id, row);
    this.standing += 1;
    this.index.add(row);
    this.#context.wrote(this.kind, row.id);
    return this.#log(row, micros, row.keysAtMs);
  }

  #log(row: DoubleRow<Kind>, micros: number, atMs: number): DoubleRow<Kind> {
    row.updatedMicros = micros;
    row.logIndex = this.log.length;
    delete row.told;
    const lagMs = this.#context.options.feed?.lagMs ?? 0;
    const visibleAtMs = lagMs > 0 ? atMs + Math.floor(this.#context.random() * lagMs) : 0;
    this.log.push({ row, micros, visibleAtMs });
    return row;
  }

  #absorb(row: DoubleRow<Kind>, content: Partial<DoubleRow<Kind>>): DoubleRow<Kind> {
    this.index.remove(row);
    Object.assign(row, content);
    this.index.add(row);
    this.#context.wrote(this.kind, row.id);
    return this.touch(row);
  }

  #end(row: DoubleRow<Kind>, state: "removed" | "merged"): void {
    this.index.remove(row);
    row.state = state;
    this.standing -= 1;
    this.#context.epoch += 1;
    this.touch(row);
  }
}
