import { walkIncomplete } from "./crm-errors.js";
import { compareInstants } from "./instant.js";
import { LAST_PAGE, type SearchPage, type SearchPages } from "./search-page.js";
import { textOf, type Wire } from "./wire.js";

/** Where a walk stands, so that another process can go on with it. */
export interface WalkPlace {
  readonly page: number;
  /** When the newest record had changed as the walk began. */
  readonly top: string;
  /** When the last record that was read had changed. */
  readonly down: string;
}

/** Some of what a walk brings. */
export interface WalkStep {
  readonly rows: readonly Wire[];
  /** Where it goes on; absent when it is over. */
  readonly place?: WalkPlace;
  /** When the newest record of all had changed. */
  readonly top: string;
  readonly total: number | undefined;
}

/** How a walk goes. */
export interface BackWalkOptions {
  readonly pages: SearchPages;
  /** Whether a record that changed then is still wanted. */
  readonly isWanted: (updatedAt: string) => boolean;
  /** Where another process left off. */
  readonly from?: WalkPlace | undefined;
}

/** How often pages may slip while they are read, before the walk gives up. */
const MOST_SLIPS = 100;

/**
 * Walks back from what changed last. A change puts its record on the first page, so the others move to later ones: they come
 * twice, and are told once. A removal moves them to earlier ones, over a page border too: the total then falls, and the page
 * before is read again. In the end what changed during the walk is read once more from the top.
 *
 * @throws `crm.walk_incomplete` when there is more than Apollo tells.
 */
export async function* backWalk({
  pages,
  isWanted,
  from,
}: BackWalkOptions): AsyncGenerator<WalkStep, void, void> {
  const seen = new Map<string, string>();
  const fresh = (rows: readonly Wire[]) => rows.filter((row) => isFresh(seen, row));
  let page = from?.page ?? 1;
  let top = from?.top;
  let total: number | undefined;
  let slips = 0;
  for (;;) {
    const read = await pages(page);
    const slipped = isSlipped(read, total) || (from !== undefined && seen.size === 0 && isPast(read, from));
    total = read.total ?? total;
    if (slipped && page > 1) {
      slips += 1;
      if (slips > MOST_SLIPS) throw slipping();
      page -= 1;
      continue;
    }
    top ??= updatedAtOf(read.rows[0]);
    const wanted = read.rows.filter((row) => isWanted(updatedAtOf(row)));
    const isLast = !read.hasMore || wanted.length < read.rows.length || isWhole(read, page);
    const rows = fresh(wanted);
    if (isLast) {
      const late = page > 1 || from !== undefined ? await changedMeanwhile(pages, top) : { rows: [], top };
      yield { rows: [...rows, ...fresh(late.rows)], top: late.top, total };
      return;
    }
    if (page >= LAST_PAGE) throw tooMany();
    page += 1;
    yield { rows, place: { page, top, down: updatedAtOf(read.rows.at(-1)) }, top, total };
  }
}

/** What is at the top now, down to what was there when the walk began. */
async function changedMeanwhile(pages: SearchPages, before: string) {
  const rows: Wire[] = [];
  for (let page = 1; page <= LAST_PAGE; page++) {
    const read = await pages(page);
    const newer = read.rows.filter((row) => compareInstants(updatedAtOf(row), before) >= 0);
    rows.push(...newer);
    if (newer.length < read.rows.length || !read.hasMore) break;
  }
  const top = updatedAtOf(rows[0]);
  return { rows, top: compareInstants(top, before) > 0 ? top : before };
}

export const updatedAtOf = (row: Wire | undefined): string =>
  textOf(row?.["updated_at"]) ?? textOf(row?.["created_at"]) ?? "";

/** Records went away since the page before was read, so that some of this page are on that one now. */
const isSlipped = (read: SearchPage, before: number | undefined) =>
  before !== undefined && read.total !== undefined && read.total < before;

/** The last page that can be had is the last one that there is. */
const isWhole = ({ rows, total }: SearchPage, page: number) =>
  page === LAST_PAGE && total !== undefined && total <= LAST_PAGE * rows.length;

/** The page begins below where another process had come to. */
const isPast = ({ rows }: SearchPage, { down }: WalkPlace) =>
  rows.length === 0 || compareInstants(updatedAtOf(rows[0]), down) < 0;

function isFresh(seen: Map<string, string>, row: Wire): boolean {
  const id = textOf(row["id"]) ?? "";
  const updatedAt = updatedAtOf(row);
  if (seen.get(id) === updatedAt) return false;
  seen.set(id, updatedAt);
  return true;
}

const tooMany = () =>
  walkIncomplete(
    "contact",
    "more than 50,000 of them are in the span, which is all that Apollo's search tells",
    "Narrow the walk by the option only, to some stages or lists, or export them from Apollo.",
  );

const slipping = () =>
  walkIncomplete(
    "contact",
    "records keep going away while the pages are read",
    "Try again when fewer are removed.",
  );
