import { isAfter, isSameInstant, laterBy } from "./close-stamp.js";
import { type JsonRecord, textOf } from "./json-record.js";

/** The stamps that records can be walked by. */
export type StampField = "date_updated" | "date_created";

/** A page that a source gave. */
export interface SourcePage {
  readonly rows: readonly JsonRecord[];
  /** How to go on within the same query; undefined where it gives no more. */
  readonly next: string | undefined;
  readonly serverMs: number;
}

/** Records in the order of a stamp. */
export interface StampSource {
  readonly field: StampField;
  /** How many records one query gives, however many there are. */
  readonly walkLimit: number;
  /** The records at or after a stamp; all where there is none. */
  first(from: string | undefined): Promise<SourcePage>;
  /** Undefined where the query can't go on, and has to be asked anew. */
  more(from: string | undefined, next: string): Promise<SourcePage | undefined>;
  /** All records at one stamp, where there are more than a query gives. */
  crowded(stamp: string): AsyncIterable<readonly JsonRecord[]>;
}

/** A page of a walk. */
export interface WalkPage {
  readonly rows: readonly JsonRecord[];
  /** All records before this stamp were given; undefined before the first one. */
  readonly position: string | undefined;
  readonly serverMs: number;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

/**
 * Walks by key: asks for what is at or after the last stamp seen, again and again, and goes on within a query only to step over
 * records that share one stamp. So no page depends on a cursor that dies, and no ceiling of a query cuts the walk short.
 */
export async function* walkByStamp(source: StampSource, from: string | undefined): AsyncGenerator<WalkPage> {
  const walk = new StampWalk(source, from);
  while (!walk.isOver) yield* walk.fromPosition();
}

class StampWalk {
  readonly #source: StampSource;
  #position: string | undefined;
  #seen = new Set<string>();
  #given = 0;
  isOver = false;

  constructor(source: StampSource, from: string | undefined) {
    this.#source = source;
    this.#position = from;
  }

  /** One query, as far as it is of use: until its stamps have moved on. */
  async *fromPosition(): AsyncGenerator<WalkPage> {
    let page: SourcePage | undefined = await this.#source.first(this.#position);
    this.#given = 0;
    while (page !== undefined) {
      this.#given += page.rows.length;
      const { serverMs, next } = page;
      const { rows, hasMoved } = this.#take(page.rows);
      this.isOver = next === undefined && this.#given < this.#source.walkLimit;
      if (rows.length > 0 || this.isOver) {
        yield { rows, position: this.#position, serverMs, isLast: this.isOver };
      }
      if (this.isOver || hasMoved) return;
      if (next === undefined) {
        yield* this.#crowd(serverMs);
        return;
      }
      page = await this.#source.more(this.#position, next);
    }
  }

  #take(rows: readonly JsonRecord[]): { readonly rows: readonly JsonRecord[]; readonly hasMoved: boolean } {
    const fresh = rows.filter((row) => !this.#seen.has(String(row["id"])));
    const last = stampAt(rows.at(-1), this.#source.field);
    const hasMoved = last !== undefined && (this.#position === undefined || isAfter(last, this.#position));
    if (hasMoved) {
      this.#position = last;
      this.#seen = new Set();
    }
    for (const row of rows) {
      const stamp = stampAt(row, this.#source.field);
      if (stamp !== undefined && this.#position !== undefined && isSameInstant(stamp, this.#position)) {
        this.#seen.add(String(row["id"]));
      }
    }
    return { rows: fresh, hasMoved };
  }

  /** More records share the stamp than a query gives: they are had another way, and the walk goes on behind them. */
  async *#crowd(serverMs: number): AsyncGenerator<WalkPage> {
    const stamp = this.#position;
    if (stamp === undefined) return;
    for await (const rows of this.#source.crowded(stamp)) {
      yield { rows, position: stamp, serverMs, isLast: false };
    }
    this.#position = laterBy(stamp, 1);
    this.#seen = new Set();
  }
}

function stampAt(row: JsonRecord | undefined, field: StampField): string | undefined {
  return row === undefined ? undefined : textOf(row[field]);
}
