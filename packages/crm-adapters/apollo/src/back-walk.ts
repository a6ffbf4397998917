import type { CrmKind } from "@salesagent/ports";
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
  /** How many there were in all at the last read; absent where Apollo didn't tell. */
  readonly total?: number;
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
  readonly kind: CrmKind;
  readonly pages: SearchPages;
  /** Whether a record that changed then is still wanted. */
  readonly isWanted: (updatedAt: string) => boolean;
  /** Where another process left off. */
  readonly from?: WalkPlace | undefined;
}

/** How often pages may slip while they are read, before the walk gives up. */
const MOST_SLIPS = 100;
/** How often the top is read again because too much changes meanwhile. */
const MOST_SCANS = 20;

/**
 * Walks back from what changed last. A change puts its record on the first page, so the others move to later ones: they come
 * twice, and are told once. A removal moves them to earlier ones, over page borders too: the total then falls, and as many pages
 * are read again as the fall can have moved them. In the end what changed during the walk is read from the top.
 *
 * @throws `crm.walk_incomplete` when there is more than Apollo tells.
 */
export async function* backWalk(options: BackWalkOptions): AsyncGenerator<WalkStep, void, void> {
  const { kind, pages, isWanted, from } = options;
  const seen = new Map<string, string>();
  const fresh = (rows: readonly Wire[]) => rows.filter((row) => isFresh(seen, row));
  const atStart = new Map<string, string>();
  let page = from?.page ?? 1;
  let top = from?.top;
  let total = from?.total;
  let slips = 0;
  for (;;) {
    const read = await pages(page);
    const resumes = from !== undefined && seen.size === 0;
    const slipped = resumes && total === undefined && isPast(read, from) ? 1 : pagesSlipped(read, total);
    total = read.total ?? total;
    if (slipped > 0 && page > 1) {
      slips += 1;
      if (slips > MOST_SLIPS) throw slipping(kind);
      page = Math.max(1, page - slipped);
      continue;
    }
    top ??= stampOf(read.rows[0]);
    if (atStart.size === 0 && page === 1) for (const row of read.rows) atStart.set(idOf(row), versionOf(row));
    const wanted = read.rows.filter((row) => isWanted(stampOf(row)));
    const isLast = !read.hasMore || wanted.length < read.rows.length || isWhole(read, page);
    const rows = fresh(wanted);
    if (isLast) {
      const isOnePage = page === 1 && from === undefined;
      const late = isOnePage ? { rows: [], newest: "" } : await changedMeanwhile(kind, pages, atStart, top);
      const { newest } = late;
      yield {
        rows: [...rows, ...fresh(late.rows)],
        top: compareInstants(newest, top) > 0 ? newest : top,
        total,
      };
      return;
    }
    if (page >= LAST_PAGE) throw tooMany(kind);
    page += 1;
    const place = { page, top, down: stampOf(read.rows.at(-1)), ...(total === undefined ? {} : { total }) };
    yield { rows, place, top, total };
  }
}

/**
 * What is at the top now, down to a record that was there when the walk began and has not changed. Where that takes several pages,
 * records may change meanwhile in their turn: so once more, down to where this scan began, until one page is enough. A scan in
 * which records slipped over a page border has missed some, and is done again as it was.
 */
async function changedMeanwhile(
  kind: CrmKind,
  pages: SearchPages,
  atStart: ReadonlyMap<string, string>,
  top: string,
): Promise<{ readonly rows: readonly Wire[]; readonly newest: string }> {
  const rows: Wire[] = [];
  let [known, knownTop] = [atStart, top];
  for (let scan = 1; scan <= MOST_SCANS; scan++) {
    const isOld = (row: Wire) =>
      known.get(idOf(row)) === versionOf(row) ||
      (stampOf(row) !== "" && compareInstants(stampOf(row), knownTop) < 0);
    const read = await pages(1);
    let last = read;
    rows.push(...read.rows);
    let page = 1;
    let slipped = 0;
    while (last.hasMore && !last.rows.some(isOld) && page < LAST_PAGE && slipped === 0) {
      page += 1;
      const { total } = last;
      last = await pages(page);
      slipped = pagesSlipped(last, total);
      rows.push(...last.rows);
    }
    const newest = stampOf(read.rows[0]);
    if (page === 1) return { rows, newest };
    if (slipped > 0) continue;
    known = new Map(read.rows.map((row) => [idOf(row), versionOf(row)]));
    knownTop = newest;
  }
  throw slipping(kind);
}

const idOf = (row: Wire): string => textOf(row["id"]) ?? "";

/** When a record changed; empty where Apollo doesn't tell, as of some accounts. */
const stampOf = (row: Wire | undefined): string => textOf(row?.["updated_at"]) ?? "";

const versionOf = (row: Wire): string => stampOf(row) || JSON.stringify(row);

/**
 * How many pages records may have moved up since the page before was read, because others went away: never fewer than they did,
 * and more where this page is not full.
 */
function pagesSlipped({ rows, total }: SearchPage, before: number | undefined): number {
  if (before === undefined || total === undefined || total >= before) return 0;
  return Math.ceil((before - total) / Math.max(1, rows.length));
}

/** The last page that can be had is the last one that there is. */
const isWhole = ({ rows, total }: SearchPage, page: number) =>
  page === LAST_PAGE && total !== undefined && total <= LAST_PAGE * rows.length;

/** The page begins below where another process had come to, or nobody can tell. */
const isPast = ({ rows }: SearchPage, { down }: WalkPlace) =>
  rows.length === 0 || down === "" || compareInstants(stampOf(rows[0]), down) < 0;

/** One without a stamp is told each time: it may have changed. */
function isFresh(seen: Map<string, string>, row: Wire): boolean {
  const stamp = stampOf(row);
  if (stamp !== "" && seen.get(idOf(row)) === stamp) return false;
  seen.set(idOf(row), stamp);
  return true;
}

const tooMany = (kind: CrmKind) =>
  walkIncomplete(
    kind,
    "there are more than 50,000 in the span, which is all that Apollo's search tells",
    kind === "contact"
      ? "Narrow the walk with the option only, to some stages or lists, or export them from Apollo."
      : "Export them from Apollo.",
  );

const slipping = (kind: CrmKind) =>
  walkIncomplete(
    kind,
    "records keep going away while the pages are read",
    "Try again when fewer are removed.",
  );
