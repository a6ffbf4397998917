import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectKey, idempotencyKey } from "./effect-key.js";

const parts = fc.record({
  runId: fc.string({ maxLength: 500, unit: "binary" }),
  step: fc.string({ maxLength: 500, unit: "binary" }),
  effect: fc.string({ maxLength: 64 }),
  target: fc.string({ maxLength: 1_000, unit: "binary" }),
});

describe("effectKey", () => {
  it("is the same for the same parts, another for others, and fits every store", async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, async (left, right) => {
        const key = await effectKey(left);
        expect(key).toMatch(/^[\w./:#-]{43,400}$/);
        expect(await effectKey({ ...left })).toBe(key);
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect((await effectKey(right)) === key).toBe(same);
      }),
    );
  });

  it("does not take parts that run into one another for the same", async () => {
    const one = await effectKey({ runId: "a/b", step: "c", effect: "e", target: "t" });
    expect(await effectKey({ runId: "a", step: "b/c", effect: "e", target: "t" })).not.toBe(one);
  });

  it("tells where it is from, and not whom it is for", async () => {
    const key = await effectKey({ runId: "r1", step: "#1", effect: "email_send", target: "ada@figma.com" });
    expect(key).toMatch(/^r1\/#1\/email_send\/[\w-]{43}$/);
  });
});

describe("idempotencyKey", () => {
  it("is another for another tenant", async () => {
    expect(await idempotencyKey("a", "k")).not.toBe(await idempotencyKey("b", "k"));
  });
});
