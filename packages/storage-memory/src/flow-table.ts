import type { DueRun, DueRuns } from "./due-runs.js";
import type { FlowRow } from "./flow-row.js";
import { Table, type WriteCounter } from "./table.js";

/** The runs of graphs of one tenant, grouped by thread. Whatever is written to it, the queue knows when each run is due. */
export class FlowTable extends Table<FlowRow> {
  readonly #due = new Map<string, DueRun>();

  constructor(
    writes: WriteCounter,
    readonly tenant: string,
    private readonly queue: DueRuns,
  ) {
    super(writes, ({ threadId }) => threadId);
  }

  override insert(id: string, order: number, row: FlowRow): void {
    super.insert(id, order, row);
    this.#place(row);
  }

  override replace(id: string, row: FlowRow): void {
    super.replace(id, row);
    this.#place(row);
  }

  override put(id: string, order: number, row: FlowRow): void {
    super.put(id, order, row);
    this.#place(row);
  }

  override remove(ids: readonly string[]): void {
    super.remove(ids);
    for (const id of ids) this.#takeOff(id);
  }

  #place({ id, graph, version, dueAt }: FlowRow): void {
    const before = this.#due.get(id);
    if (before !== undefined) {
      if (before.dueAt === dueAt && before.version === version && this.queue.has(before)) return;
      this.#takeOff(id);
    }
    if (dueAt !== undefined) this.#due.set(id, this.queue.add({ dueAt, id, table: this, graph, version }));
  }

  #takeOff(id: string): void {
    const before = this.#due.get(id);
    if (before === undefined) return;
    this.queue.remove(before);
    this.#due.delete(id);
  }
}
