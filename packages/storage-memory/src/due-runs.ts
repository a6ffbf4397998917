import type { FlowTable } from "./flow-table.js";
import { isBefore, type Placed, PlacedHeap } from "./placed-heap.js";

/** A run that is due at a time: `order` in milliseconds, `dueAt` as it is kept. */
export interface DueRun extends Placed {
  readonly dueAt: string;
  readonly id: string;
  readonly table: FlowTable;
  readonly graph: string;
  readonly version: string;
}

/** What runs are looked for by; names hold no NUL. */
function toKey(graph: string, version: string): string {
  return `${graph}\0${version}`;
}

/** Runs of all tenants that are due at some time. Others take no place in it. */
export class DueRuns {
  /** Runs whose time has not come. */
  readonly #later = new PlacedHeap<DueRun>();
  /** Runs whose time has come, by graph and version. */
  readonly #ready = new Map<string, PlacedHeap<DueRun>>();
  #lastSeq = 0;

  /**
   * @param onReady - Is told when a run becomes due.
   * @param onLater - Is told when one is added that will be.
   */
  constructor(
    private readonly nowMs: () => number,
    private readonly onReady: () => void,
    private readonly onLater: () => void,
  ) {}

  /** When the next run becomes due, of those that are not. */
  get nextMs(): number | undefined {
    return this.#later.peek()?.order;
  }

  add(run: Omit<DueRun, keyof Placed>): DueRun {
    this.#lastSeq += 1;
    const added = { ...run, order: Date.parse(run.dueAt), seq: this.#lastSeq, place: 0 };
    if (added.order <= this.nowMs()) {
      this.#makeReady(added);
    } else {
      this.#later.push(added);
      this.onLater();
    }
    return added;
  }

  has(run: DueRun): boolean {
    return this.#later.has(run) || this.#ready.get(toKey(run.graph, run.version))?.has(run) === true;
  }

  /** Takes a run out; one that is not in it any more is passed over. */
  remove(run: DueRun): void {
    if (this.#later.has(run)) {
      this.#later.remove(run);
      return;
    }
    const key = toKey(run.graph, run.version);
    const ready = this.#ready.get(key);
    if (ready?.has(run) !== true) return;
    ready.remove(run);
    if (ready.size === 0) this.#ready.delete(key);
  }

  /** Looks which runs became due by now. */
  mature(): void {
    const nowMs = this.nowMs();
    for (let run = this.#later.peek(); run !== undefined && run.order <= nowMs; run = this.#later.peek()) {
      this.#later.remove(run);
      this.#makeReady(run);
    }
  }

  /** Takes out the first runs of these graphs that are due. */
  take(
    graphs: readonly { readonly graph: string; readonly version: string }[],
    limit: number,
  ): readonly DueRun[] {
    this.mature();
    const keys = graphs.map(({ graph, version }) => toKey(graph, version));
    const taken: DueRun[] = [];
    while (taken.length < limit) {
      const first = this.#firstOf(keys);
      if (first === undefined) break;
      this.remove(first);
      taken.push(first);
    }
    return taken;
  }

  #firstOf(keys: readonly string[]): DueRun | undefined {
    let first: DueRun | undefined;
    for (const key of keys) {
      const run = this.#ready.get(key)?.peek();
      if (run !== undefined && (first === undefined || isBefore(run, first))) first = run;
    }
    return first;
  }

  #makeReady(run: DueRun): void {
    const key = toKey(run.graph, run.version);
    const ready = this.#ready.get(key) ?? new PlacedHeap<DueRun>();
    ready.push(run);
    this.#ready.set(key, ready);
    this.onReady();
  }
}
