import type { CrmLink, RecordKind } from "@salesagent/ports";
import { isBefore, type Placed, PlacedHeap } from "./placed-heap.js";
import { type Rows, Table, type WriteCounter } from "./table.js";
import { TableDraft } from "./table-draft.js";

/** A link as it is kept, and until when somebody works on it. */
export interface LinkRow {
  readonly link: CrmLink;
  readonly leaseUntil: string | undefined;
}

/** Which links to look for: what is due by a time. */
export interface DueSearch {
  readonly connection: string;
  readonly kinds: readonly RecordKind[];
  readonly nowMs: number;
  readonly limit: number;
}

/** The links of one tenant. What a store sees, in a transaction or out of it. */
export interface LinkRows extends Rows<LinkRow> {
  /** Links that are due and that nobody works on, or not any more; earliest due first. */
  firstDue(search: DueSearch): readonly LinkRow[];
}

/** A link that is due at a time, `order` in milliseconds. */
interface DueLink extends Placed {
  readonly rowId: string;
  readonly heap: PlacedHeap<DueLink>;
}

export function toLinkRowId({
  connection,
  kind,
  recordId,
}: Pick<CrmLink, "connection" | "kind" | "recordId">): string {
  return JSON.stringify([connection, kind, recordId]);
}

/** When it is to be worked on next: what somebody works on, when their time is over. */
function dueMsOf({ link, leaseUntil }: LinkRow): number | undefined {
  const dueAt = leaseUntil ?? link.dueAt;
  return dueAt === undefined ? undefined : Date.parse(dueAt);
}

/** Links in memory, grouped by connection; what is due stands in heaps, by connection and kind. */
export class LinkTable extends Table<LinkRow> implements LinkRows {
  readonly #heaps = new Map<string, PlacedHeap<DueLink>>();
  readonly #due = new Map<string, DueLink>();
  #lastSeq = 0;

  constructor(writes: WriteCounter) {
    super(writes, ({ link }) => link.connection);
  }

  override insert(id: string, order: number, row: LinkRow): void {
    super.insert(id, order, row);
    this.#place(id, row);
  }

  override replace(id: string, row: LinkRow): void {
    super.replace(id, row);
    this.#place(id, row);
  }

  override remove(ids: readonly string[]): void {
    super.remove(ids);
    for (const id of ids) this.#takeOff(id);
  }

  firstDue(search: DueSearch): readonly LinkRow[] {
    return this.searchDue(search, () => false).flatMap(({ rowId }) => this.get(rowId) ?? []);
  }

  /** @param isHidden - Of which rows nothing is to be known. */
  searchDue(
    { connection, kinds, nowMs, limit }: DueSearch,
    isHidden: (rowId: string) => boolean,
  ): readonly DueLink[] {
    const found: DueLink[] = [];
    for (const kind of kinds) {
      let count = 0;
      for (const due of this.#heaps.get(toHeapKey(connection, kind))?.inOrder() ?? []) {
        if (due.order > nowMs || count === limit) break;
        if (isHidden(due.rowId)) continue;
        found.push(due);
        count += 1;
      }
    }
    return found.sort((left, right) => (isBefore(left, right) ? -1 : 1)).slice(0, limit);
  }

  #place(rowId: string, row: LinkRow): void {
    const order = dueMsOf(row);
    const before = this.#due.get(rowId);
    if (before !== undefined && before.order === order) return;
    this.#takeOff(rowId);
    if (order === undefined) return;
    const key = toHeapKey(row.link.connection, row.link.kind);
    const heap = this.#heaps.get(key) ?? new PlacedHeap<DueLink>();
    this.#heaps.set(key, heap);
    this.#lastSeq += 1;
    const due = { rowId, heap, order, seq: this.#lastSeq, place: 0 };
    heap.push(due);
    this.#due.set(rowId, due);
  }

  #takeOff(rowId: string): void {
    const before = this.#due.get(rowId);
    if (before === undefined) return;
    before.heap.remove(before);
    this.#due.delete(rowId);
  }
}

/** The writes of one transaction over links. */
export class LinkTableDraft extends TableDraft<LinkRow> implements LinkRows {
  readonly #written = new Set<string>();

  constructor(private readonly links: LinkTable) {
    super(links);
  }

  override insert(id: string, order: number, row: LinkRow): void {
    super.insert(id, order, row);
    this.#written.add(id);
  }

  override replace(id: string, row: LinkRow): void {
    super.replace(id, row);
    this.#written.add(id);
  }

  firstDue(search: DueSearch): readonly LinkRow[] {
    const { connection, kinds, nowMs, limit } = search;
    const others = this.links.searchDue(search, (rowId) => this.#written.has(rowId));
    const own = [...this.#written].flatMap((rowId) => this.get(rowId) ?? []);
    const found = [...others.flatMap(({ rowId }) => this.links.get(rowId) ?? []), ...own].flatMap((row) => {
      const dueMs = dueMsOf(row);
      const { link } = row;
      if (link.connection !== connection || !kinds.includes(link.kind)) return [];
      return dueMs === undefined || dueMs > nowMs ? [] : { row, dueMs };
    });
    return found
      .sort((left, right) => left.dueMs - right.dueMs)
      .slice(0, limit)
      .map(({ row }) => row);
  }
}

function toHeapKey(connection: string, kind: RecordKind): string {
  return `${kind}:${connection}`;
}
