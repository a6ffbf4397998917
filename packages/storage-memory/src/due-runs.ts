import { compare, countBefore, insertSorted, removeSorted } from "./entry-list.js";
import type { FlowTable } from "./flow-table.js";

/** A run that is due at a time: `order`, in milliseconds. `seq` tells runs of one time apart. */
export interface DueRun {
  readonly order: number;
  readonly seq: number;
  readonly id: string;
  readonly table: FlowTable;
  readonly graph: string;
  readonly version: string;
}

/** What runs are looked for by; names hold no NUL. */
function toKey(graph: string, version: string): string {
  return `${graph}\0${version}`;
}

/** Runs of all tenants that are due at some time, by graph and version, the earliest first. Others take no place in it. */
export class DueRuns {
  readonly #lists = new Map<string, DueRun[]>();
  #lastSeq = 0;

  /** @param onAdd - Is told when each run that is added is due. */
  constructor(private readonly onAdd: (dueMs: number) => void) {}

  add(run: Omit<DueRun, "seq">): DueRun {
    this.#lastSeq += 1;
    const added = { ...run, seq: this.#lastSeq };
    const key = toKey(run.graph, run.version);
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [added]);
    else insertSorted(list, added);
    this.onAdd(run.order);
    return added;
  }

  remove(run: DueRun): void {
    const key = toKey(run.graph, run.version);
    const list = this.#lists.get(key);
    if (list === undefined) return;
    removeSorted(list, run);
    if (list.length === 0) this.#lists.delete(key);
  }

  /** The runs of these graphs that are due by a time. */
  findDue(
    graphs: readonly { readonly graph: string; readonly version: string }[],
    nowMs: number,
    limit: number,
  ): readonly DueRun[] {
    const due = graphs.flatMap(({ graph, version }) => {
      const list = this.#lists.get(toKey(graph, version)) ?? [];
      return list.slice(0, Math.min(limit, countBefore(list, behind(nowMs))));
    });
    return due.sort(compare).slice(0, limit);
  }

  /** The first time after another one at which a run is due. */
  firstAfter(ms: number): number | undefined {
    let first: number | undefined;
    for (const list of this.#lists.values()) {
      const order = list[countBefore(list, behind(ms))]?.order;
      if (order !== undefined && (first === undefined || order < first)) first = order;
    }
    return first;
  }
}

/** The place behind all that is due at a time. */
function behind(ms: number): { readonly order: number; readonly seq: number } {
  return { order: ms, seq: Number.POSITIVE_INFINITY };
}
