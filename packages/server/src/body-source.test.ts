import fc from "fast-check";
import { expect, it } from "vitest";
import { bodySource } from "./body-source.js";

async function* chunked(content: Uint8Array, sizes: readonly number[]) {
  let at = 0;
  for (const size of sizes) {
    if (at >= content.length) return;
    yield content.subarray(at, at + size);
    at += size;
  }
  if (at < content.length) yield content.subarray(at);
}

it("gives a second reading all from where it begins, whatever the first one looked at", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }),
      fc.nat(10),
      fc.nat(200),
      async (content, sizes, looks, start) => {
        const source = bodySource("a.csv", chunked(content, sizes));
        let looked = 0;
        let pieces = 0;
        for await (const piece of source.open(0)) {
          looked += piece.length;
          if (pieces++ >= looks) break;
        }
        const from = Math.min(start, looked);
        const read: number[] = [];
        for await (const piece of source.open(from)) read.push(...piece);
        expect(read).toEqual([...content.subarray(from)]);
      },
    ),
  );
});

it("keeps no more than was looked at", async () => {
  const source = bodySource("a.csv", chunked(new Uint8Array(100), Array(10).fill(10)));
  for await (const _ of source.open(0)) break;
  let given = 0;
  for await (const piece of source.open(5)) given += piece.length;
  expect(given).toBe(95);
  await expect(source.open(0)[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
});

it("lets go of the body", async () => {
  let left = false;
  async function* body() {
    try {
      yield new Uint8Array(1);
    } finally {
      left = true;
    }
  }
  const source = bodySource("a.csv", body());
  for await (const _ of source.open(0)) break;
  expect(left).toBe(false);
  await source[Symbol.asyncDispose]();
  expect(left).toBe(true);
});
