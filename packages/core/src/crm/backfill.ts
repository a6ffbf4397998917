import type { CrmPage, JsonObject, LinkStanding, RecordKind } from "@salesagent/ports";
import { addCounts, noPageCounts } from "./counts.js";
import { type RecordLook, withLooks } from "./look-at-record.js";
import { beginChanges, changesCursor, readCursor, type WalkCounts } from "./pull-changes.js";
import { pullPage } from "./pull-page.js";
import { readBatches } from "./read-batches.js";
import { SeenIds } from "./seen-ids.js";
import { type PageCounts, type SyncContext, supportOf, timeOf } from "./sync-context.js";
import { CursorMoved } from "./sync-cursor.js";

const LINKS_A_PAGE = 1_000;

type LookedPage = CrmPage & { readonly looks: readonly RecordLook[] };

/** The cursor of a walk over all records. */
export const backfillCursor = (kind: RecordKind): string => `${kind}/backfill`;

/** Whether a walk over all records of a kind came to its end once. */
export async function isBackfilled(context: SyncContext, kind: RecordKind): Promise<boolean> {
  return (await readCursor(context, backfillCursor(kind)))?.value["done"] === true;
}

/**
 * Takes in all records of a kind, page by page; one that is cut off goes on after its last page, in any process. What changes
 * meanwhile is left to the changes, whose cursor is fixed before the first page. Of records that are linked and did not come, though
 * the CRM called the walk complete and nothing cut it off, a closer look is taken: that alone removes nothing.
 *
 * @param anew - Walks over all again where a walk came to its end before.
 */
export async function backfill(
  context: SyncContext,
  kind: RecordKind,
  { anew = false }: { readonly anew?: boolean | undefined } = {},
): Promise<WalkCounts> {
  const name = backfillCursor(kind);
  const stored = await readCursor(context, name);
  const isOver = stored?.value["done"] === true;
  if (isOver && !anew) return { ...noPageCounts(), movedOn: false };
  if (supportOf(context, kind).changes && !(await readCursor(context, changesCursor(kind)))) {
    await beginChanges(context, kind);
  }
  const goesOn = !isOver && typeof stored?.value["cursor"] === "string";
  const startedAt = goesOn ? String(stored.value["startedAt"]) : timeOf(context);
  const walk = new BackfillWalk(context, kind, startedAt, stored?.revision ?? null);
  try {
    const counts = await walk.run(goesOn ? String(stored.value["cursor"]) : undefined);
    return { ...counts, movedOn: false };
  } catch (error) {
    if (error instanceof CursorMoved) return { ...noPageCounts(), movedOn: true };
    throw error;
  }
}

/** One walk, from where it begins to its end. */
class BackfillWalk {
  readonly #context: SyncContext;
  readonly #kind: RecordKind;
  readonly #startedAt: string;
  #revision: number | null;
  readonly #seen = new SeenIds();

  constructor(context: SyncContext, kind: RecordKind, startedAt: string, revision: number | null) {
    this.#context = context;
    this.#kind = kind;
    this.#startedAt = startedAt;
    this.#revision = revision;
  }

  async run(cursor: string | undefined): Promise<PageCounts> {
    const totals = noPageCounts();
    const [context, kind] = [this.#context, this.#kind];
    const isWhole = cursor === undefined;
    let isComplete = false;
    const batches = readBatches({
      open: (signal) =>
        withLooks(context, context.provider.list(kind, { cursor }, { priority: "bulk", signal })),
      ...{ records: context.limits.pageRecords, signal: context.signal },
    });
    for await (const pages of batches) {
      addCounts(totals, await this.#takeIn(pages));
      if (isWhole) for (const { records } of pages) this.#note(records);
      isComplete = pages.at(-1)?.complete === true;
    }
    if (isWhole && isComplete) totals.due += await this.#lookForMissing();
    return totals;
  }

  /** Takes in pages at once, with the cursor of the last. */
  async #takeIn(pages: readonly LookedPage[]): Promise<PageCounts> {
    const last = pages.at(-1);
    const value: JsonObject = {
      ...{ cursor: last?.cursor ?? "", startedAt: this.#startedAt, done: last?.complete === true },
    };
    const { cursorRevision, ...counts } = await pullPage(this.#context, this.#kind, {
      ...{ records: pages.flatMap(({ records }) => records), looks: pages.flatMap(({ looks }) => looks) },
      ...{ from: "backfill", total: last?.total },
      cursor: { name: backfillCursor(this.#kind), value, ifRevision: this.#revision },
    });
    this.#revision = cursorRevision ?? this.#revision;
    return counts;
  }

  #note(records: readonly { readonly id: string; readonly mergedIds?: readonly string[] }[]): void {
    for (const { id, mergedIds = [] } of records) {
      this.#seen.add(id);
      // One that was merged has a look of its own coming, by the record that stands.
      for (const merged of mergedIds) this.#seen.add(merged);
    }
  }

  /** Makes links due whose records did not come, of those that were there before the walk began; earliest creation first. */
  async #lookForMissing(): Promise<number> {
    const { connection, storage, signal } = this.#context;
    let due = 0;
    for (let after: string | undefined; ; ) {
      const filter = { kind: this.#kind, state: "linked" } as const;
      const page = await storage.links.listStandings(
        connection,
        filter,
        { after, limit: LINKS_A_PAGE },
        { signal },
      );
      const crmIds = page.items.flatMap((link) => this.#missing(link));
      if (crmIds.length > 0) {
        const want = { connection, kind: this.#kind, dueAt: timeOf(this.#context), crmIds };
        due += await storage.links.hint(want, { signal });
      }
      after = page.next;
      const isPast = (page.items.at(-1)?.createdAt ?? "") >= this.#startedAt;
      if (after === undefined || isPast) return due;
    }
  }

  #missing({ crmId, createdAt, removal }: LinkStanding): readonly string[] {
    if (removal !== undefined || createdAt >= this.#startedAt) return [];
    return this.#seen.has(crmId) ? [] : [crmId];
  }
}
