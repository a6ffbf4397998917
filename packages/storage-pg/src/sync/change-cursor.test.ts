import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fromChangeCursor,
  readSnapshot,
  type Snapshot,
  toChangeCursor,
  toSnapshotText,
} from "./change-cursor.js";

const LARGEST = 2 ** 44;

const snapshots = fc
  .tuple(
    fc.integer({ min: 3, max: LARGEST }),
    fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 150 }),
  )
  .map(
    ([xmin, distances]): {
      readonly text: string;
      readonly open: readonly number[];
      readonly xmax: number;
    } => {
      const open = [...new Set(distances)]
        .sort((left, right) => left - right)
        .map((distance) => xmin + distance - 1);
      const xmax = (open.at(-1) ?? xmin) + 1;
      return { text: `${open[0] ?? xmax}:${xmax}:${open.join(",")}`, open, xmax };
    },
  );

function isSeen({ xmin, xmax, open }: Snapshot, transaction: number): boolean {
  return transaction < xmin || (transaction < xmax && !open.includes(transaction));
}

describe("the cursor of a change feed", () => {
  it("keeps a place, in at most 400 characters", () => {
    fc.assert(
      fc.property(snapshots, snapshots, fc.boolean(), (one, two, isReading) => {
        const seen = readSnapshot(one.text, null);
        const reading = { upTo: readSnapshot(two.text, null), transaction: two.xmax, revision: LARGEST };
        const place = isReading ? { seen, reading } : { seen };
        const cursor = toChangeCursor(place);
        expect(cursor.length).toBeLessThanOrEqual(400);
        expect(fromChangeCursor(cursor)).toEqual(place);
      }),
    );
  });

  it("never sees a transaction that was open, nor its own, whatever had to be cut", () => {
    fc.assert(
      fc.property(snapshots, fc.nat(50_000), ({ text, open, xmax }, distance) => {
        const own = xmax - 1 - Math.min(distance, xmax - 4);
        const snapshot = readSnapshot(text, `${own}`);
        for (const transaction of [...open, own, xmax]) expect(isSeen(snapshot, transaction)).toBe(false);
        expect(toSnapshotText(snapshot)).toMatch(/^\d+:\d+:[\d,]*$/);
      }),
    );
  });

  it.each([
    "",
    ".",
    "x",
    "1-0.1-0",
    "1-0.1-0.5",
    "1-0.1-0.5.5.5",
    "0-0",
    "-1-0",
    "1-2-9",
    "1-9-5-3",
    "5-1-'",
    "1-0 ",
  ])("refuses %j", (cursor) => {
    expect(() => fromChangeCursor(cursor)).toThrowError(
      expect.objectContaining({ code: "store.invalid", facts: { store: "records", field: "from.cursor" } }),
    );
  });
});
