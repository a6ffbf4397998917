import type {
  CallOptions,
  RecordChanges,
  RecordKind,
  RecordStore,
  RecordWritten,
  StoredRecord,
} from "@salesagent/ports";
import {
  type NormalRecordWrite,
  toLookedFor,
  toNormalChanges,
  toNormalKind,
  toNormalRecordWrites,
  toStorable,
} from "@salesagent/ports/store-rules";
import { toArrayText } from "../array-text.js";
import { number, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import type { Statement } from "../statement.js";
import type { StoreContext } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import {
  type ChangePlace,
  fromChangeCursor,
  readSnapshot,
  type Snapshot,
  toChangeCursor,
  toSnapshotText,
} from "./change-cursor.js";
import { fromRecordRow, fromRemovalRow } from "./record-rows.js";
import { type RecordStatements, toNewValues, toPutValues, toRemovalValues } from "./record-statements.js";

/** More rows go in several statements, so that neither side holds the text of all at once. */
const MOST_ROWS = 1000;

type Put = NormalRecordWrite & { readonly op: "put" };
type Removal = NormalRecordWrite & { readonly op: "remove" };

/** Rows of one statement. */
interface Batch {
  readonly statement: Statement;
  readonly writes: readonly NormalRecordWrite[];
  readonly values: readonly unknown[];
}

const keyOf = (kind: string, id: string) => `${kind}:${id}`;

function* toChunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += MOST_ROWS) yield rows.slice(start, start + MOST_ROWS);
}

/** The statements of a call: one for each way of writing that it has. */
function toBatches(statements: RecordStatements, writes: readonly NormalRecordWrite[]): readonly Batch[] {
  const puts = writes.flatMap((write): Put[] => (write.op === "put" ? [write] : []));
  const removals = writes.flatMap((write): Removal[] => (write.op === "remove" ? [write] : []));
  const batchesOf = <T extends NormalRecordWrite>(
    statement: Statement,
    rows: readonly T[],
    toValues: (rows: readonly T[]) => readonly unknown[],
  ) => [...toChunks(rows)].map((chunk) => ({ statement, writes: chunk, values: toValues(chunk) }));
  const ofPuts = (rows: readonly Put[]) =>
    toPutValues(rows.map((row) => ({ ...row, ifRevision: row.ifRevision ?? undefined })));
  const restsOn = (test: (ifRevision: string | null | undefined) => boolean) =>
    puts.filter(({ ifRevision }) => test(ifRevision));
  return [
    ...batchesOf(
      statements.insert,
      restsOn((revision) => revision === null),
      (rows) => toNewValues(rows.map((row) => ({ ...row, ifRevision: undefined }))),
    ),
    ...batchesOf(
      statements.put,
      restsOn((revision) => revision === undefined),
      ofPuts,
    ),
    ...batchesOf(
      statements.replace,
      restsOn((revision) => typeof revision === "string"),
      ofPuts,
    ),
    ...batchesOf(statements.remove, removals, toRemovalValues),
  ];
}

export function createPgRecordStore(context: StoreContext, statements: RecordStatements): RecordStore {
  const { tenant, executor, clock } = context;

  /** The revisions of what was written, by kind and id. */
  const write = async (within: Executor, { statement, values }: Batch, call: CallOptions | undefined) => {
    const rows = await within.run("records", statement, [tenant, toStoreTime(clock), ...values], call);
    return rows.map((row) => [keyOf(text(row, "kind"), text(row, "id")), text(row, "revision")] as const);
  };

  const writeAll = async (within: Executor, batches: readonly Batch[], call: CallOptions | undefined) => {
    const written = new Map<string, string>();
    for (const batch of batches) {
      for (const [key, revision] of await write(within, batch, call)) written.set(key, revision);
    }
    return written;
  };

  const readRevisions = async (writes: readonly NormalRecordWrite[], call: CallOptions | undefined) => {
    const keys = [writes.map(({ kind }) => kind), writes.map(({ id }) => id)];
    const rows = await executor.run("records", statements.revisions, [tenant, ...keys], call);
    return new Map(
      rows.map((row) => [keyOf(text(row, "kind"), text(row, "id")), text(row, "revision")] as const),
    );
  };

  const readChanges = async (
    kind: RecordKind,
    { seen, reading }: ChangePlace,
    limit: number,
    call: CallOptions | undefined,
  ) => {
    const place = reading === undefined ? [seen.xmin, 0] : [reading.transaction, reading.revision];
    const upTo = reading === undefined ? null : toSnapshotText(reading.upTo);
    const values = [tenant, kind, toSnapshotText(seen), upTo, ...place, limit];
    const rows = await executor.run("records", statements.changes, values, call);
    const [first] = rows;
    if (first === undefined) throw new Error("a change feed told of no snapshot");
    const snapshot = reading?.upTo ?? readSnapshot(text(first, "snapshot"), first["own"] ?? null);
    return { rows: rows.filter((row) => row["id"] !== null), snapshot };
  };

  return {
    port: "record-store/1",
    async writeMany(writes, call) {
      executor.admit("records", call);
      const normal = toNormalRecordWrites(writes);
      const batches = toBatches(statements, normal);
      if (batches.length === 0) return [];
      const written =
        batches.length === 1
          ? await writeAll(executor, batches, call)
          : await executor.together("records", (within) => writeAll(within, batches, call), call);
      const refused = normal.filter(({ kind, id }) => !written.has(keyOf(kind, id)));
      const standing = refused.length === 0 ? new Map<string, string>() : await readRevisions(refused, call);
      return normal.map(({ kind, id }): RecordWritten => {
        const revision = written.get(keyOf(kind, id));
        if (revision !== undefined) return { status: "written", revision };
        const other = standing.get(keyOf(kind, id));
        return { status: "stale", ...(other === undefined ? {} : { revision: other }) };
      });
    },
    async get<Kind extends RecordKind>(kind: Kind, id: string, call?: CallOptions) {
      executor.admit("records", call);
      const values = [tenant, toNormalKind("records", "kind", kind), toStorable("records", "id", id)];
      const [row] = await executor.run("records", statements.get, values, call);
      return row === undefined || isRemoved(row) ? undefined : fromRecordRow<Kind>(row);
    },
    async getMany<Kind extends RecordKind>(kind: Kind, ids: readonly string[], call?: CallOptions) {
      executor.admit("records", call);
      toNormalKind("records", "kind", kind);
      const wanted = toStorable("records", "ids", ids);
      if (wanted.length === 0) return [];
      const rows = await executor.run("records", statements.getMany, [tenant, kind, wanted], call);
      const records = new Map(
        rows.flatMap((row) => (isRemoved(row) ? [] : [[text(row, "id"), fromRecordRow<Kind>(row)] as const])),
      );
      return wanted.map((id) => records.get(id));
    },
    async findByKeys<Kind extends RecordKind>(kind: Kind, keys: readonly string[], call?: CallOptions) {
      executor.admit("records", call);
      toNormalKind("records", "kind", kind);
      const wanted = toLookedFor(keys);
      if (wanted.length === 0) return [];
      const rows = await executor.run(
        "records",
        statements.findByKeys,
        [tenant, kind, toArrayText(wanted)],
        call,
      );
      const lookedFor = new Set(wanted);
      return rows.map(fromRecordRow<Kind>).filter((record) => record.keys.some((key) => lookedFor.has(key)));
    },
    async changes<Kind extends RecordKind>(
      kind: Kind,
      from?: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
      call?: CallOptions,
    ): Promise<RecordChanges<Kind>> {
      executor.admit("records", call);
      toNormalKind("records", "kind", kind);
      const { cursor, limit } = toNormalChanges(from);
      let place = fromChangeCursor(cursor);
      const found: Row[] = [];
      for (;;) {
        const wanted = limit - found.length;
        const { rows, snapshot } = await readChanges(kind, place, wanted + 1, call);
        if (snapshot.xmax < place.seen.xmax) {
          place = fromChangeCursor(undefined); // a cursor of another server: all of this one is new to it
          continue;
        }
        found.push(...rows.slice(0, wanted));
        if (rows.length > wanted)
          return toChanges(found, placeAfter(rows[wanted - 1], place, snapshot), true);
        const isUpToNow = place.reading === undefined;
        // where nothing is new, the cursor stays as it is
        if (!isUpToNow || found.length > 0 || cursor === undefined) place = { seen: snapshot };
        if (isUpToNow) return toChanges(found, place, false);
      }
    },
    async list<Kind extends RecordKind>(
      kind: Kind,
      page?: Parameters<RecordStore["list"]>[1],
      call?: CallOptions,
    ) {
      executor.admit("records", call);
      const normal = toNormalKind("records", "kind", kind);
      const { items, ...next } = await statements.list(context, { kind: normal }, page, call, [
        () => "removed_at is null",
      ]);
      return { items: items as readonly StoredRecord<Kind>[], ...next };
    },
    async count(kind, call) {
      executor.admit("records", call);
      const values = [tenant, toNormalKind("records", "kind", kind)];
      const [row] = await executor.run("records", statements.count, values, call);
      return row === undefined ? 0 : number(row, "count");
    },
  };
}

/** Where to go on after a row of what is being read; without one, where it was. */
function placeAfter(last: Row | undefined, place: ChangePlace, upTo: Snapshot): ChangePlace {
  if (last === undefined) return place;
  const [transaction, revision] = [number(last, "changed_in"), number(last, "revision")];
  return { seen: place.seen, reading: { upTo, transaction, revision } };
}

function isRemoved(row: Row): boolean {
  return text(row, "is_removed") === "t";
}

/** A page of changes: of a record that changed while it was read, its last state alone. */
function toChanges<Kind extends RecordKind>(
  rows: readonly Row[],
  place: ChangePlace,
  more: boolean,
): RecordChanges<Kind> {
  const latest = [...new Map(rows.map((row) => [text(row, "id"), row])).values()];
  return {
    records: latest.filter((row) => row["removed_at"] === null).map(fromRecordRow<Kind>),
    removed: latest.filter((row) => row["removed_at"] !== null).map(fromRemovalRow),
    cursor: toChangeCursor(place),
    more,
  };
}
