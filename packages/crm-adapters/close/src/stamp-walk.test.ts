import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareStamps, isAfter, isSameInstant, stampOf } from "./close-stamp.js";
import { type StampSource, walkByStamp } from "./stamp-walk.js";

interface Row {
  readonly id: string;
  readonly date_updated: string;
}

/** Rows by a stamp, in pages, with a cursor that dies when its reader is slow, and equal stamps in another order each time. */
function source(rows: readonly Row[], pageSize: number, limit = 1_000) {
  let queries = 0;
  let current: readonly Row[] = [];
  const reader = { isSlow: false };
  const page = (skip: number) => ({
    rows: current.slice(skip, skip + pageSize).map((row) => ({ ...row })),
    next: skip + pageSize < current.length ? String(skip + pageSize) : undefined,
    serverMs: 0,
  });
  const stamps: StampSource = {
    field: "date_updated",
    walkLimit: limit,
    async first(from) {
      queries += 1;
      reader.isSlow = false;
      current = (queries % 2 === 0 ? [...rows].reverse() : [...rows])
        .filter((row) => from === undefined || !isAfter(from, row.date_updated))
        .sort((a, b) => compareStamps(a.date_updated, b.date_updated))
        .slice(0, limit);
      return page(0);
    },
    more: async (_from, next) => (reader.isSlow ? undefined : page(Number(next))),
    async *crowded(stamp) {
      yield rows.filter((row) => isSameInstant(row.date_updated, stamp)).map((row) => ({ ...row }));
    },
  };
  return { stamps, reader };
}

describe("walking by a stamp", () => {
  it("brings every row, whatever stamps are equal, wherever pages end, whenever cursors die", async () => {
    const rowsOf = fc
      .array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 })
      .map((stamps) => stamps.map((at, id) => ({ id: `c${id}`, date_updated: stampOf(at) })));
    const sizes = [
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 8, max: 14 }),
      fc.integer({ min: 1, max: 4 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(rowsOf, ...sizes, async (rows, pageSize, limit, slowEvery) => {
        const { stamps, reader } = source(rows, pageSize, limit);
        const seen: string[] = [];
        const lasts: boolean[] = [];
        for await (const page of walkByStamp(stamps, undefined)) {
          seen.push(...page.rows.map(({ id }) => String(id)));
          lasts.push(page.isLast);
          reader.isSlow = lasts.length % slowEvery === 0;
        }

        expect(new Set(seen)).toEqual(new Set(rows.map(({ id }) => id)));
        expect(lasts.indexOf(true)).toBe(lasts.length - 1);
      }),
      { numRuns: 300 },
    );
  });

  it("goes on from the position of any page, and misses nothing", async () => {
    const rows = Array.from({ length: 23 }, (_, at) => ({
      id: `c${at}`,
      date_updated: stampOf(Math.floor(at / 3)),
    }));
    const walk = (from: string | undefined) => walkByStamp(source(rows, 4).stamps, from);
    const seen = new Set<string>();
    for await (const page of walk(undefined)) {
      for (const { id } of page.rows) seen.add(String(id));
      const rest = new Set(seen);
      for await (const later of walk(page.position)) for (const { id } of later.rows) rest.add(String(id));
      expect(rest.size).toBe(rows.length);
    }
  });
});
