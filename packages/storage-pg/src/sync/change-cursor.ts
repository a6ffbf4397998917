import { unknownChangeCursor } from "@salesagent/ports/store-rules";

/** Which transactions a reader has seen: all before `xmin`, and those before `xmax` that are not in `open`. */
export interface Snapshot {
  readonly xmin: number;
  readonly xmax: number;
  /** In order. */
  readonly open: readonly number[];
}

/** How far a reader of changes has come. */
export interface ChangePlace {
  /** What was read to the end. */
  readonly seen: Snapshot;
  /** What is being read, and the last row of it that was. */
  readonly reading?: {
    readonly upTo: Snapshot;
    readonly transaction: number;
    readonly revision: number;
  };
}

/** Two of these and a place fit in a cursor. */
const LONGEST_SNAPSHOT = 170;
const SNAPSHOT = /^(\d{1,16}):(\d{1,16}):((?:\d{1,16},?)*)$/;
const NOTHING: Snapshot = { xmin: 1, xmax: 1, open: [] };

/**
 * Reads what PostgreSQL says of a snapshot. One too long for a cursor is cut: it sees less, and what it misses comes later.
 *
 * @param own - The transaction that reads, which PostgreSQL leaves out of the list of open ones.
 */
export function readSnapshot(text: string, own: string | null): Snapshot {
  const [, xmin, xmax, list] = SNAPSHOT.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined || list === undefined) {
    throw new Error("the server told of a snapshot in an unknown form");
  }
  const open = list === "" ? [] : list.split(",").map(Number);
  if (own !== null && Number(own) < Number(xmax)) open.push(Number(own));
  open.sort((left, right) => left - right);
  return shorten({
    xmin: Math.min(Number(xmin), open[0] ?? Number.POSITIVE_INFINITY),
    xmax: Number(xmax),
    open,
  });
}

/** The snapshot as PostgreSQL takes it. */
export function toSnapshotText({ xmin, xmax, open }: Snapshot): string {
  return `${xmin}:${xmax}:${open.join(",")}`;
}

/** @throws `store.invalid` for a text that {@link toChangeCursor} did not make. */
export function fromChangeCursor(cursor: string | undefined): ChangePlace {
  if (cursor === undefined) return { seen: NOTHING };
  const [seen = "", upTo, transaction, revision, ...rest] = cursor.split(".");
  if (rest.length > 0) throw unknownChangeCursor();
  if (upTo === undefined) return { seen: decode(seen) };
  return {
    seen: decode(seen),
    reading: { upTo: decode(upTo), transaction: toWhole(transaction), revision: toWhole(revision) },
  };
}

export function toChangeCursor({ seen, reading }: ChangePlace): string {
  if (reading === undefined) return encode(seen);
  const place = [reading.transaction.toString(36), reading.revision.toString(36)];
  return [encode(seen), encode(reading.upTo), ...place].join(".");
}

function shorten(snapshot: Snapshot): Snapshot {
  let short = snapshot;
  while (encode(short).length > LONGEST_SNAPSHOT) {
    const open = short.open.slice(0, -1);
    short = { ...short, xmax: short.open.at(-1) ?? short.xmin, open };
  }
  return short;
}

/** In base 36, each number as its distance from the first. */
function encode({ xmin, xmax, open }: Snapshot): string {
  const distances = [xmax, ...open].map((transaction) => (transaction - xmin).toString(36));
  return [xmin.toString(36), ...distances].join("-");
}

function decode(text: string): Snapshot {
  const [first, ...distances] = text.split("-");
  const xmin = toWhole(first);
  const [xmax, ...open] = distances.map((distance) => xmin + toWhole(distance));
  if (xmin < 1 || xmax === undefined) throw unknownChangeCursor();
  open.forEach((transaction, index) => {
    if (transaction >= xmax || transaction <= (open[index - 1] ?? -1)) throw unknownChangeCursor();
  });
  return { xmin, xmax, open };
}

function toWhole(text: string | undefined): number {
  const value = text !== undefined && /^[0-9a-z]{1,11}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw unknownChangeCursor();
  return value;
}
