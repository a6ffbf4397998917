import { identityKeys } from "@salesagent/core/crm";
import type {
  Clock,
  CrmFields,
  RecordDraft,
  RecordKind,
  RecordStore,
  RecordWrite,
  StoredRecord,
} from "@salesagent/ports";
import { changeRecord, type RecordState } from "./change-record.js";
import type { ReadRecord } from "./read-record.js";

/** A row that was read. */
export interface ReadRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly record: ReadRecord;
}

/** What became of a row. */
export type RowResult =
  | { readonly row: ReadRow; readonly status: "created" | "updated" | "unchanged"; readonly id: string }
  | { readonly row: ReadRow; readonly status: "rejected"; readonly reason: string };

/** What records are written with. */
export interface UpsertMeans {
  readonly records: RecordStore;
  readonly kind: RecordKind;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly signal: AbortSignal;
}

const NO_KEY: Readonly<Record<RecordKind, string>> = {
  contact: "nothing tells this contact from others: give it an e-mail, a LinkedIn page or an id",
  company: "nothing tells this company from others: give it a domain, a LinkedIn page or an id",
  deal: "nothing tells this deal from others: give it an id",
};

const TRIES = 3;

/** A record on its way to the store. */
interface Draft {
  readonly id: string;
  readonly stored: StoredRecord | undefined;
  draft: RecordDraft | undefined;
}

/**
 * Writes rows over the records that they belong to: found by their id, else by what identifies them; made where there is none.
 * Nothing is written of a row that changes nothing.
 */
export async function upsertRecords(
  means: UpsertMeans,
  rows: readonly ReadRow[],
): Promise<readonly RowResult[]> {
  const results = new Map<number, RowResult>();
  let left = rows;
  for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
    const batch = new Batch(means, await findAll(means, left));
    for (const row of left) results.set(row.row, batch.take(row));
    const stale = await batch.write();
    // Somebody wrote them meanwhile: what stands now is looked at once more.
    left = left.filter(({ row }) => {
      const result = results.get(row);
      return result !== undefined && "id" in result && stale.has(result.id);
    });
  }
  for (const row of left) {
    const reason = "the record was written by others over and over; import it again";
    results.set(row.row, { row, status: "rejected", reason });
  }
  return [...results.values()];
}

async function findAll(
  { records, kind, signal }: UpsertMeans,
  rows: readonly ReadRow[],
): Promise<StoredRecord[]> {
  const ids = rows.flatMap(({ record }) => record.id ?? []);
  const keys = [...new Set(rows.flatMap(({ record }) => keysOf(kind, record)))];
  const found = new Map<string, StoredRecord>();
  for (const record of await records.getMany(kind, [...new Set(ids)], { signal })) {
    if (record) found.set(record.id, record);
  }
  for (let at = 0; at < keys.length; at += MAX_KEYS) {
    for (const record of await records.findByKeys(kind, keys.slice(at, at + MAX_KEYS), { signal })) {
      found.set(record.id, record);
    }
  }
  return [...found.values()];
}

/** Keys that a store looks for at once. */
const MAX_KEYS = 1_000;

const keysOf = (kind: RecordKind, { fields }: ReadRecord) =>
  identityKeys(kind, fields as CrmFields[RecordKind]);

/** Rows that are written together; a later one sees what an earlier one says. */
class Batch {
  readonly #means: UpsertMeans;
  readonly #drafts = new Map<string, Draft>();
  readonly #byKey = new Map<string, Set<string>>();
  readonly #at: string;

  constructor(means: UpsertMeans, stored: readonly StoredRecord[]) {
    this.#means = means;
    this.#at = new Date(means.clock.now()).toISOString();
    for (const record of stored) this.#add({ id: record.id, stored: record, draft: undefined }, record);
  }

  take(row: ReadRow): RowResult {
    const { kind, createId } = this.#means;
    const { id, fields } = row.record;
    const keys = keysOf(kind, row.record);
    const found = id !== undefined && this.#drafts.has(id) ? [id] : this.#idsOf(keys);
    if (found.length > 1) {
      return { row, status: "rejected", reason: `it fits several records: ${found.slice(0, 3).join(", ")}` };
    }
    const [known] = found;
    if (known === undefined && id === undefined && keys.length === 0) {
      return { row, status: "rejected", reason: NO_KEY[kind] };
    }
    const name = known ?? id ?? createId();
    const draft = this.#drafts.get(name) ?? { id: name, stored: undefined, draft: undefined };
    if (!draft.stored && !draft.draft && Object.keys(fields).length === 0) {
      return {
        row,
        status: "rejected",
        reason: "there is no such record, and the row says nothing else of it",
      };
    }
    const before: RecordState | undefined = draft.draft ? asState(draft.draft) : draft.stored;
    const next = changeRecord(kind, before, row.record, this.#at);
    if (!next) return { row, status: "unchanged", id: name };
    const status = before ? "updated" : "created";
    draft.draft = next;
    this.#add(draft, next);
    return { row, status, id: name };
  }

  /** @returns The ids of records that others wrote meanwhile. */
  async write(): Promise<ReadonlySet<string>> {
    const { records, kind, signal } = this.#means;
    const changed = [...this.#drafts.values()].flatMap(({ id, stored, draft }) =>
      draft ? [{ op: "put", kind, id, draft, ifRevision: stored?.revision } satisfies RecordWrite] : [],
    );
    if (changed.length === 0) return new Set();
    const written = await records.writeMany(changed, { signal });
    const stale = changed.filter((_, index) => written[index]?.status === "stale");
    return new Set(stale.map(({ id }) => id));
  }

  #idsOf(keys: readonly string[]): readonly string[] {
    return [...new Set(keys.flatMap((key) => [...(this.#byKey.get(key) ?? [])]))];
  }

  #add(draft: Draft, { keys }: Pick<RecordDraft, "keys">): void {
    this.#drafts.set(draft.id, draft);
    for (const key of keys) {
      const ids = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, ids.add(draft.id));
    }
  }
}

function asState({ fields, custom = {}, links = {}, keys, fieldTimes = {} }: RecordDraft): RecordState {
  return { fields, custom, links, keys, fieldTimes };
}
