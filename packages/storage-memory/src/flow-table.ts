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
    super(writes, ({ record }) => record.threadId);
  }

  override insert(id: string, order: number, row: FlowRow): void {
    super.insert(id, order, row);
    this.#place(row);
  }

  override replace(id: string, row: FlowRow): void {
    super.replace(id, row);
    this.#place(row);
  }

  #place({ record }: FlowRow): void {
    const { id, graph, version, dueAt } = record;
    const before = this.#due.get(id);
    const order = dueAt === undefined ? undefined : Date.parse(dueAt);
    if (before?.order === order) return;
    if (before !== undefined) this.queue.remove(before);
    if (order === undefined) this.#due.delete(id);
    else this.#due.set(id, this.queue.add({ order, id, table: this, graph, version }));
  }
}
