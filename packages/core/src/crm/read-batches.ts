import type { CrmRecord, CrmRemoval } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";

/** A page of a walk over a CRM's records, or of what changed there. */
export interface WalkPage {
  readonly records: readonly CrmRecord[];
  readonly removed?: readonly CrmRemoval[] | undefined;
}

/** Pages that are taken in at once, and how the walk ended if nothing comes after them. */
interface ReadBatch<Page> {
  readonly pages: readonly Page[];
  readonly end?: { readonly error?: unknown; readonly isFailure: boolean } | undefined;
}

/**
 * Gathers a walk's pages, and reads one batch of them ahead: while a batch is worked on the next is read, and no more than that, so
 * that pages never pile up before a slow database. Pages that came before a failure are given before it is thrown. Whoever leaves
 * early ends the read that is under way.
 *
 * @param walk.open - Begins the walk; its signal also aborts when nobody wants the pages any more.
 * @param walk.records - So many, with the others of their last page, are a batch.
 * @throws The signal's reason; the walk's failure.
 */
export async function* readBatches<Page extends WalkPage>(walk: {
  readonly open: (signal: AbortSignal) => AsyncIterable<Page>;
  readonly records: number;
  readonly signal: AbortSignal | undefined;
}): AsyncGenerator<readonly Page[], void, undefined> {
  using link = linkSignal(walk.signal);
  const pages = walk.open(link.signal)[Symbol.asyncIterator]();
  const reader = new BatchReader(pages, walk.records);
  let next = reader.read();
  try {
    for (;;) {
      const { pages, end } = await next;
      walk.signal?.throwIfAborted();
      if (!end) next = reader.read();
      if (pages.length > 0) yield pages;
      if (end?.isFailure) throw end.error;
      if (end) return;
    }
  } finally {
    link.abort(undefined);
    await next;
    await pages.return?.();
  }
}

/** Reads batch after batch. A page that speaks of records of the batch anew begins the next. */
class BatchReader<Page extends WalkPage> {
  readonly #pages: AsyncIterator<Page>;
  readonly #records: number;
  #held: Page | undefined;

  constructor(pages: AsyncIterator<Page>, records: number) {
    this.#pages = pages;
    this.#records = records;
  }

  /** Never rejects: a failure ends the batch. */
  async read(): Promise<ReadBatch<Page>> {
    const pages: Page[] = [];
    const ids = new Set<string>();
    let count = 0;
    try {
      while (count < this.#records) {
        const page = await this.#take();
        if (!page) return { pages, end: { isFailure: false } };
        if (isAfterwards(page, ids)) {
          this.#held = page;
          break;
        }
        pages.push(page);
        for (const { id } of page.records) ids.add(id);
        count += page.records.length + (page.removed?.length ?? 0);
      }
      return { pages };
    } catch (error) {
      return { pages, end: { error, isFailure: true } };
    }
  }

  async #take(): Promise<Page | undefined> {
    const held = this.#held;
    this.#held = undefined;
    if (held) return held;
    const { done, value } = await this.#pages.next();
    return done ? undefined : value;
  }
}

/** Whether a page tells of the end of records that came before it: they have to be linked by then for it to be of any effect. */
function isAfterwards({ records, removed = [] }: WalkPage, before: ReadonlySet<string>): boolean {
  if (before.size === 0) return false;
  if (removed.some(({ id }) => before.has(id))) return true;
  return records.some(({ mergedIds = [] }) => mergedIds.some((id) => before.has(id)));
}
