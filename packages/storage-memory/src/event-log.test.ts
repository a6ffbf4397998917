import { describe, expect, it } from "vitest";
import { EventLog } from "./event-log.js";

const NONE: EventLog<number> = EventLog.empty;
const all = (log: EventLog<number>) => log.slice(0, 100);

describe("a log of events", () => {
  it("does not change for whoever holds it while it goes on", () => {
    const one = NONE.with([1, 2]);
    const two = one.with([3]);
    const three = two.with([4, 5]);
    expect([one, two, three].map(all)).toEqual([
      [1, 2],
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ]);
    expect(one.slice(1, 5)).toEqual([2]);
    expect(one.slice(2, 5)).toEqual([]);
    expect([one.some((event) => event > 2), two.some((event) => event > 2)]).toEqual([false, true]);
  });

  it("goes on from one place in two ways, as a transaction that is put back does", () => {
    const start = NONE.with([1]);
    const putBack = start.with([2, 3]);
    const stands = start.with([4]);
    expect([putBack, stands, stands.with([5]), putBack.with([6])].map(all)).toEqual([
      [1, 2, 3],
      [1, 4],
      [1, 4, 5],
      [1, 2, 3, 6],
    ]);
  });

  it("is empty at first, for each who begins", () => {
    NONE.with([1]);
    expect(all(NONE.with([2]))).toEqual([2]);
    expect(all(NONE)).toEqual([]);
  });
});
