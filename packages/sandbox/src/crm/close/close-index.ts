import type { SeededIds } from "../shared/seeded-ids.js";
import type { WorldClock } from "../shared/world-clock.js";
import type { CloseDoc } from "./close-doc.js";

/** What can be searched for. */
export type SearchedType = "lead" | "contact";

interface Late {
  readonly dueMs: number;
  readonly type: SearchedType;
  readonly id: string;
  readonly doc: CloseDoc | undefined;
}

/** Documents in the order of one field; equal values in an order of their own. */
export type SortedDocs = readonly CloseDoc[];

/** The search index: a write comes into it after a while, not always in the order of the writes. */
export class CloseIndex {
  readonly #world: WorldClock;
  readonly #ids: SeededIds;
  /** The longest that a write takes to be found, in milliseconds. */
  lagMs: number;
  readonly #docs: Readonly<Record<SearchedType, Map<string, CloseDoc>>> = {
    lead: new Map(),
    contact: new Map(),
  };
  readonly #newest = new Map<string, Late>();
  #late: Late[] = [];
  readonly #sorted = new Map<string, SortedDocs>();

  constructor(world: WorldClock, ids: SeededIds, lagMs: number) {
    this.#world = world;
    this.#ids = ids;
    this.lagMs = lagMs;
  }

  /** A document changed, or is gone. */
  tell(type: SearchedType, id: string, doc: CloseDoc | undefined): void {
    const lagMs = this.lagMs === 0 ? 0 : Math.ceil(this.lagMs * (0.5 + this.#ids.random() / 2));
    const late: Late = { dueMs: this.#world.nowMs() + lagMs, type, id, doc };
    this.#newest.set(id, late);
    if (lagMs === 0) this.#take(late);
    else this.#late.push(late);
  }

  get(type: SearchedType, id: string): CloseDoc | undefined {
    this.#catchUp();
    return this.#docs[type].get(id);
  }

  /** All documents by a field, each walk on a list that doesn't change under it. */
  sorted(type: SearchedType, field: string): SortedDocs {
    this.#catchUp();
    const key = `${type}:${field}`;
    const known = this.#sorted.get(key);
    if (known !== undefined) return known;
    const docs = [...this.#docs[type].values()].sort(
      (a, b) => compareValues(a[field], b[field]) || (a.id < b.id ? -1 : 1),
    );
    this.#sorted.set(key, docs);
    return docs;
  }

  #catchUp(): void {
    if (this.#late.length === 0) return;
    const nowMs = this.#world.nowMs();
    const due = this.#late.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return;
    this.#late = this.#late.filter(({ dueMs }) => dueMs > nowMs);
    for (const late of due) this.#take(late);
  }

  #take(late: Late): void {
    const { type, id, doc } = late;
    // an older state that comes later than a newer one is dropped
    const newest = this.#newest.get(id);
    if (newest !== late && newest !== undefined && newest.dueMs <= late.dueMs) return;
    if (doc === undefined) this.#docs[type].delete(id);
    else this.#docs[type].set(id, doc);
    this.#sorted.clear();
  }
}

/** Numbers by size, texts by their code units; what is missing comes first. */
function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === undefined || a === null) return -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}
