import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBefore, type Placed, PlacedHeap } from "./placed-heap.js";

describe("a heap", () => {
  it("has the first item on top, whatever is put in and taken out", () => {
    const deed = fc.record({ order: fc.integer({ min: 0, max: 20 }), takes: fc.option(fc.nat(30)) });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 100, size: "max" }), (deeds) => {
        const heap = new PlacedHeap<Placed>();
        const items: Placed[] = [];
        deeds.forEach(({ order, takes }, seq) => {
          const [taken] = takes === null ? [] : items.splice(takes, 1);
          if (taken !== undefined) {
            expect(heap.has(taken)).toBe(true);
            heap.remove(taken);
            expect(heap.has(taken)).toBe(false);
          } else {
            const item = { order, seq, place: 0 };
            items.push(item);
            heap.push(item);
          }
          const [first] = [...items].sort((left, right) => (isBefore(left, right) ? -1 : 1));
          expect(heap.peek()).toBe(first);
          expect(heap.size).toBe(items.length);
          expect([...heap.inOrder()]).toEqual(
            [...items].sort((left, right) => (isBefore(left, right) ? -1 : 1)),
          );
        });
      }),
    );
  });
});
