import type { CrmChanges } from "@salesagent/ports";
import { apolloSandbox, createManualClock } from "@salesagent/sandbox/crm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apollo } from "./apollo.js";
import type { ApolloOptions } from "./apollo-options.js";
import { backWalk, type WalkPlace } from "./back-walk.js";
import { compareInstants } from "./instant.js";
import type { SearchPage, SearchPages } from "./search-page.js";
import type { Wire } from "./wire.js";

const NOBODY = { general: {}, contactSearch: {} };

function scene(options: Partial<ApolloOptions> = {}) {
  const clock = createManualClock();
  const sandbox = apolloSandbox({ clock, limits: NOBODY });
  const provider = apollo(
    { apiKey: "k" },
    { fetch: sandbox.fetch, clock, pageSize: 3, random: () => 0.5, ...options },
  );
  return { clock, sandbox, world: sandbox.world, provider };
}

async function pagesOf<T>(walk: AsyncIterable<T>): Promise<readonly T[]> {
  const pages: T[] = [];
  for await (const page of walk) pages.push(page);
  return pages;
}

const idsIn = (pages: readonly Pick<CrmChanges, "records">[]) =>
  pages.flatMap(({ records }) => records.map(({ id }) => id));

describe("changes of contacts", () => {
  it("tells each of many with one stamp once, over page borders", async () => {
    const { world, provider } = scene();
    const ids = Array.from({ length: 10 }, (_, n) => world.addContact({ first_name: `P${n}` }).id);
    const pages = await pagesOf(provider.changes("contact", { since: "2026-11-01T09:00:00Z" }));
    expect(idsIn(pages).toSorted()).toEqual(ids.toSorted());
    expect(pages.map(({ more }) => more)).toEqual([...pages.slice(1).map(() => true), false]);
  });

  it("stops at what was known, with some overlap, and tells what changed since", async () => {
    const { world, provider, clock, sandbox } = scene({ overlapMs: 60_000 });
    for (let n = 0; n < 30; n++) world.addContact({ first_name: `P${n}` });
    clock.advance(600_000);
    const newest = world.addContact({ first_name: "newest" }).id;
    const all = await pagesOf(provider.changes("contact", { since: "2026-11-01T09:00:00Z" }));
    expect(idsIn(all)).toHaveLength(31);
    clock.advance(600_000);
    const changed = world.contacts.rows()[17]?.id ?? "";
    world.editContact(changed, { title: "CTO" });
    sandbox.clearCalls();
    const next = await pagesOf(provider.changes("contact", { cursor: all.at(-1)?.cursor ?? "" }));
    expect(idsIn(next)).toEqual([changed, newest]);
    expect(sandbox.calls).toHaveLength(1);
    clock.advance(600_000);
    const later = await pagesOf(provider.changes("contact", { cursor: next.at(-1)?.cursor ?? "" }));
    expect(idsIn(later)).toEqual([changed]);
  });

  it("tells in the same run what changes while it walks", async () => {
    const { world, provider, clock } = scene();
    const ids: string[] = [];
    for (let n = 0; n < 9; n++) {
      ids.push(world.addContact({ first_name: `P${n}` }).id);
      clock.advance(1_000);
    }
    const [oldest = ""] = ids;
    const told: { readonly id: string; readonly title: string | undefined }[] = [];
    let page = 0;
    for await (const { records } of provider.changes("contact", { since: "2026-11-01T09:00:00Z" })) {
      page += 1;
      if (page === 1) world.editContact(oldest, { title: "Moved to the first page" });
      told.push(...records.map(({ id, fields }) => ({ id, title: fields.title })));
    }
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set(ids));
    expect(told.findLast(({ id }) => id === oldest)?.title).toBe("Moved to the first page");
  });

  it("goes on in another process with a cursor from the middle", async () => {
    const { world, provider, clock } = scene();
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) {
      ids.push(world.addContact({ first_name: `P${n}` }).id);
      clock.advance(1_000);
    }
    const since = { since: "2026-11-01T09:00:00Z" };
    const first: string[] = [];
    let cursor = "";
    for await (const page of provider.changes("contact", since)) {
      first.push(...idsIn([page]));
      cursor = page.cursor;
      if (first.length >= 6) break;
    }
    // pages slip while nobody reads: two records of the first pages go away, and one comes
    world.contacts.remove(ids[11] ?? "");
    world.contacts.remove(ids[10] ?? "");
    const late = world.addContact({ first_name: "late" }).id;
    const rest = idsIn(await pagesOf(provider.changes("contact", { cursor })));
    expect(new Set([...first, ...rest])).toEqual(new Set([...ids, late]));
  });

  it("fails loudly where there is more than Apollo tells", async () => {
    const { world, provider } = scene({ pageSize: 1 });
    for (let n = 0; n < 502; n++) world.addContact({ first_name: `P${n}` });
    const told: string[] = [];
    const walk = async () => {
      for await (const page of provider.changes("contact", { since: "2026-11-01T09:00:00Z" }))
        told.push(...idsIn([page]));
    };
    await expect(walk()).rejects.toMatchObject({ code: "crm.walk_incomplete", replay: "safe" });
    expect(told).toHaveLength(499);
  });

  it("is whole where all of the last page that can be had is all that there is", async () => {
    const { world, provider } = scene({ pageSize: 1 });
    for (let n = 0; n < 500; n++) world.addContact({ first_name: `P${n}` });
    const pages = await pagesOf(provider.list("contact"));
    expect(pages.at(-1)?.complete).toBe(true);
    expect(idsIn(pages)).toHaveLength(500);
  });

  it.each([{ since: "yesterday" }, { cursor: "no cursor" }, { cursor: '{"page":2}' }])(
    "takes no %j",
    async (from) => {
      await expect(pagesOf(scene().provider.changes("contact", from))).rejects.toThrow(TypeError);
    },
  );

  it("narrows the walk to stages where it is told to", async () => {
    const { world, provider } = scene({ only: { contactStageIds: ["stage-1"] } });
    const { id } = world.addContact({ first_name: "In", contact_stage_id: "stage-1" });
    world.addContact({ first_name: "Out", contact_stage_id: "stage-2" });
    expect(idsIn(await pagesOf(provider.list("contact")))).toEqual([id]);
  });
});

interface WorldEdit {
  /** After how many reads of a page. */
  readonly page: number;
  readonly what: "add" | "edit" | "remove";
  readonly which: number;
}

/** A record moves to the top while the top is being read for the last time. */
const CHANGES_IN_THE_LAST_SCAN: WorldEdit[] = [
  { page: 2, what: "remove", which: 3 },
  { page: 1, what: "edit", which: 22 },
  { page: 2, what: "remove", which: 0 },
  { page: 2, what: "add", which: 0 },
  { page: 1, what: "edit", which: 4 },
  { page: 2, what: "add", which: 0 },
  { page: 1, what: "edit", which: 35 },
  { page: 4, what: "edit", which: 31 },
];

/** A record slips over a page border while the top is being read for the last time. */
const SLIPS_IN_THE_LAST_SCAN: WorldEdit[] = [
  { page: 0, what: "remove", which: 0 },
  { page: 2, what: "add", which: 0 },
  { page: 2, what: "add", which: 0 },
  { page: 0, what: "add", which: 0 },
  { page: 7, what: "add", which: 0 },
  { page: 1, what: "edit", which: 0 },
  { page: 2, what: "add", which: 0 },
  { page: 1, what: "edit", which: 19 },
  { page: 6, what: "remove", which: 4 },
];

/** The six newest, more than a page of what was read, go away between two reads. */
const MORE_THAN_A_PAGE_GOES: WorldEdit[] = [24, 23, 22, 21, 20, 19].map((which) => ({
  page: 3,
  what: "remove",
  which,
}));

const PAGE_SIZE = 4;

/** Records that change while their pages are read. */
function movingRecords(count: number, edits: readonly WorldEdit[]) {
  let [now, added, reads] = [1_000, 0, 0];
  const stamp = () => new Date(Date.UTC(2026, 0, 1) + now++).toISOString();
  let rows: Wire[] = Array.from({ length: count }, (_, n) => ({ id: `r${n}`, updated_at: stamp() }));
  const apply = ({ what, which }: WorldEdit) => {
    const id = rows[which % Math.max(1, rows.length)]?.["id"];
    if (what === "add") rows.push({ id: `n${added++}`, updated_at: stamp() });
    else if (what === "remove") rows = rows.filter((row) => row["id"] !== id);
    else rows = rows.map((row) => (row["id"] === id ? { ...row, updated_at: stamp() } : row));
  };
  const pages = async (page: number): Promise<SearchPage> => {
    for (const edit of edits) if (edit.page === reads) apply(edit);
    reads += 1;
    const sorted = rows.toSorted((a, b) => compareInstants(String(b["updated_at"]), String(a["updated_at"])));
    const shown = sorted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    return { rows: shown, total: rows.length, hasMore: shown.length >= PAGE_SIZE };
  };
  const first = rows.map(({ id }) => id);
  return { pages, standing: () => first.filter((id) => rows.some((row) => row["id"] === id)) };
}

/** What a walk tells; where it `restarts`, another process takes each step, with no more than the place. */
async function idsToldBy(pages: SearchPages, restarts: boolean): Promise<ReadonlySet<unknown>> {
  const told = new Set<unknown>();
  const walk = { kind: "contact", pages, isWanted: () => true } as const;
  let from: WalkPlace | undefined;
  do {
    let place: WalkPlace | undefined;
    for await (const step of backWalk({ ...walk, from })) {
      for (const row of step.rows) told.add(row["id"]);
      place = step.place;
      if (restarts) break;
    }
    from = place;
  } while (from !== undefined);
  return told;
}

describe("backWalk", () => {
  it("misses nothing that stands, whatever comes, changes and goes between the pages", async () => {
    const edit = fc.record({
      page: fc.nat(8),
      what: fc.constantFrom("add" as const, "edit" as const, "remove" as const),
      which: fc.nat(40),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 25 }),
        fc.array(edit, { maxLength: 12 }),
        fc.boolean(),
        async (count, edits, restarts) => {
          const { pages, standing } = movingRecords(count, edits);
          const told = await idsToldBy(pages, restarts);
          expect(standing().filter((id) => !told.has(id))).toEqual([]);
        },
      ),
      {
        numRuns: 500,
        examples: [
          [10, CHANGES_IN_THE_LAST_SCAN, false],
          [15, SLIPS_IN_THE_LAST_SCAN, false],
          [25, MORE_THAN_A_PAGE_GOES, false],
          [25, MORE_THAN_A_PAGE_GOES, true],
        ],
      },
    );
  });
});
