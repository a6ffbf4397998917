import { manualClock } from "@salesagent/conformance";
import { expect, it } from "vitest";
import { MinuteCounts } from "./minute-counts.js";

it("counts each name for a minute from its first", () => {
  const clock = manualClock();
  const counts = new MinuteCounts(clock);
  counts.open("a").used += 1;
  clock.advance(59_999);
  counts.open("a").used += 1;
  expect(counts.find("a")).toMatchObject({ used: 2 });
  expect(counts.leftMs(counts.open("a"))).toBe(1);
  clock.advance(1);
  expect(counts.find("a")).toBeUndefined();
  expect(counts.open("a").used).toBe(0);
});

it("holds no more names than it is told, and forgets the one that began first", () => {
  const clock = manualClock();
  const counts = new MinuteCounts(clock, 3);
  for (let name = 0; name < 1_000; name += 1) counts.open(`a${name}`).used += 1;
  expect(counts.size).toBe(3);
  expect([counts.find("a996"), counts.find("a997")?.used]).toEqual([undefined, 1]);
  clock.advance(60_000);
  counts.open("b");
  expect(counts.size).toBe(1);
});
