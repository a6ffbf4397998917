import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapConcurrent } from "./map-concurrent.js";

async function* count(until: number): AsyncGenerator<number> {
  for (let i = 0; i < until; i++) yield i;
}

describe("mapConcurrent", () => {
  it("maps every item once and never runs more than the limit", async () => {
    const cases = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(3), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([items, limit, turns]) => {
        let running = 0;
        let most = 0;
        const results: number[] = [];
        const map = async (item: number) => {
          most = Math.max(most, ++running);
          for (let turn = 0; turn < (turns[item % turns.length] ?? 0); turn++) await Promise.resolve();
          running--;
          return item;
        };
        for await (const result of mapConcurrent(count(items), limit, map)) results.push(result);
        expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: items }, (_, i) => i));
        expect(most).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("reads no further than it has room for", async () => {
    let read = 0;
    async function* source() {
      for (;;) yield read++;
    }
    const mapping = mapConcurrent(source(), 3, () => new Promise<number>(() => {}));
    void mapping.next();
    await new Promise(setImmediate);
    expect(read).toBe(3);
  });

  it("ends with the first failure, after what is under way has ended", async () => {
    let ended = 0;
    const map = async (item: number) => {
      if (item === 1) throw new Error("no");
      await Promise.resolve();
      ended++;
      return item;
    };
    const results: number[] = [];
    const read = async () => {
      for await (const result of mapConcurrent(count(100), 3, map)) results.push(result);
    };
    await expect(read()).rejects.toThrow("no");
    expect(ended).toBeGreaterThanOrEqual(results.length);
    expect(ended).toBeLessThan(10);
  });

  it("closes its source when the reader leaves", async () => {
    let closed = false;
    async function* source() {
      try {
        yield* count(100);
      } finally {
        closed = true;
      }
    }
    for await (const _ of mapConcurrent(source(), 2, async (item) => item)) break;
    expect(closed).toBe(true);
  });
});
