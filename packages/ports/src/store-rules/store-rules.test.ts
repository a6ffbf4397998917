import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromNanoUsd, toInstant, toNanoUsd } from "./field-rules.js";
import { toCursorText, toNormalPage } from "./page-rules.js";
import { toStorable } from "./storable.js";
import { checkTenant } from "./tenant-rules.js";

/** JSON whose text every database can hold. */
const storableJson = fc
  .jsonValue({ stringUnit: "grapheme" })
  .filter((value) => !JSON.stringify(value).includes("\\u0000"));

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

describe("toStorable", () => {
  it("copies any JSON as JSON itself does, and freezes the copy", () => {
    fc.assert(
      fc.property(storableJson, (value) => {
        const copy = toStorable("leads", "draft", value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(isDeepFrozen(copy)).toBe(true);
      }),
    );
  });

  it("holds one copy of an object that can never change, and reads any other anew", () => {
    const provenance = Object.freeze({ source: "csv:leads.csv", at: "2026-01-05T12:00:00.000Z" });
    const shared = Object.freeze({ name: provenance, country: provenance });
    const copy = toStorable("leads", "draft", shared);
    expect(copy).toEqual(shared);
    expect(toStorable("leads", "draft", shared)).toBe(copy);

    let reads = 0;
    const changing = Object.freeze({
      get count() {
        return ++reads;
      },
    });
    expect(toStorable("leads", "draft", changing)).toEqual({ count: 1 });
    expect(toStorable("leads", "draft", changing)).not.toEqual({ count: 1 });

    const open = Object.freeze({ tags: ["a"] });
    expect(toStorable("leads", "draft", open)).toEqual({ tags: ["a"] });
    open.tags.push("b");
    expect(toStorable("leads", "draft", open)).toEqual({ tags: ["a", "b"] });
  });

  it("finds a NUL wherever it is, and names its path", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(5), fc.stringMatching(/^[a-z]{1,4}$/)), { maxLength: 8 }),
        (path) => {
          const value = path.reduceRight<unknown>(
            (inner, step) =>
              typeof step === "number" ? [...Array(step).fill(0), inner] : { before: 1, [step]: inner },
            "a\0",
          );
          const field = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
          expect(() => toStorable("leads", "draft", value)).toThrow(
            expect.objectContaining({
              code: "store.invalid",
              facts: { store: "leads", field: `draft${field}` },
            }),
          );
        },
      ),
    );
  });

  it("refuses a value that refers to itself", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(() => toStorable("leads", "draft", loop)).toThrow(/nested deeper than 200 levels/);
  });

  it("refuses a hole or an undefined in a list, which would come back as null", () => {
    expect(() => toStorable("leads", "draft", { list: [1, undefined] })).toThrow(/draft\.list\[1\]/);
  });
});

describe("costs", () => {
  it("come back as the decimal that they were, to nine places", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (nano) => {
        const usd = fromNanoUsd(nano);
        expect(usd).toBe(Number(`${Math.floor(nano / 1e9)}.${String(nano % 1e9).padStart(9, "0")}`));
        expect(fromNanoUsd(toNanoUsd("runs", "costUsd", usd))).toBe(usd);
      }),
    );
  });
});

describe("instants", () => {
  it("keep their time in one form", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          expect(toInstant("runs", "at", date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });

  it("are those that a date has, and no others", () => {
    const two = (most: number) => fc.nat(most).map((value) => String(value).padStart(2, "0"));
    const year = fc.constantFrom("0000", "2023", "2024", "2100");
    fc.assert(
      fc.property(year, two(14), two(33), two(26), two(62), (years, month, day, hour, minute) => {
        const text = `${years}-${month}-${day}T${hour}:${minute}:00.000Z`;
        const time = years === "0000" ? Number.NaN : Date.parse(text);
        if (Number.isNaN(time)) expect(() => toInstant("runs", "at", text)).toThrow(/an instant is/);
        else expect(toInstant("runs", "at", text)).toBe(new Date(time).toISOString());
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("cursors", () => {
  it("come back from their text", () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.nat(), (order, seq) => {
        expect(toNormalPage("runs", { after: toCursorText({ order, seq }) }).after).toEqual({ order, seq });
      }),
    );
  });

  it("are refused beyond the range of a date", () => {
    expect(() => toNormalPage("runs", { after: "9000000000000000.1" })).toThrow(/page\.after/);
  });
});

describe("tenants", () => {
  it("are told what is wrong with their name", () => {
    expect(() => checkTenant("x".repeat(201))).toThrow(/1–200 characters/);
    expect(() => checkTenant("a\u0007")).toThrow(TypeError);
  });
});
