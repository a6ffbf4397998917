import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChangeLog } from "./change-log.js";

describe("a log of changes", () => {
  it("tells whoever follows the last write of each record after the place they are at, in order", () => {
    const deed = fc.oneof(
      { weight: 5, arbitrary: fc.record({ id: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.record({ limit: fc.integer({ min: 1, max: 4 }) }) },
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 200, size: "max" }), (deeds) => {
        const log = new ChangeLog();
        let waiting: string[] = [];
        let seq = 0;
        for (const it of deeds) {
          if ("id" in it) {
            const rowId = `${it.id}`;
            log.note("contact", rowId);
            waiting = [...waiting.filter((id) => id !== rowId), rowId];
            continue;
          }
          const told = log.read("contact", seq, it.limit);
          expect(told.rowIds).toEqual(waiting.slice(0, it.limit));
          expect(told.more).toBe(waiting.length > it.limit);
          waiting = waiting.slice(it.limit);
          seq = told.seq;
        }
      }),
      { numRuns: 50 },
    );
  });

  it("keeps the last write of each record, however often one is written", () => {
    const log = new ChangeLog();
    log.note("contact", "first");
    for (let n = 0; n < 10_000; n++) log.note("contact", "often");
    log.note("deal", "other");
    expect(log.read("contact", 0, 10)).toEqual({ rowIds: ["first", "often"], seq: 10_001, more: false });
    expect(log.read("contact", 5000, 10).rowIds).toEqual(["often"]);
    expect(log.read("contact", 10_001, 10)).toEqual({ rowIds: [], seq: 10_001, more: false });
  });
});
