import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedName, type NameChange, splitName } from "./person-name.js";

describe("splitName", () => {
  it.each([
    ["Ada Byron", { firstName: "Ada", lastName: "Byron", fullName: "Ada Byron" }],
    ["Anna van den Berg", { firstName: "Anna", lastName: "van den Berg", fullName: "Anna van den Berg" }],
    ["Madonna", { firstName: "Madonna", fullName: "Madonna" }],
    ["  Ada\t Byron ", { firstName: "Ada", lastName: "Byron", fullName: "Ada Byron" }],
    ["", {}],
    [null, {}],
  ])("splits %j", (name, parts) => {
    expect(splitName(name)).toEqual(parts);
  });
});

describe("changedName", () => {
  it.each<[string, NameChange, string | undefined]>([
    ["Ada Byron", { lastName: "Lovelace" }, "Ada Lovelace"],
    ["Ada Byron", { firstName: "Augusta Ada" }, "Augusta Ada Byron"],
    ["Ada Byron", { lastName: null }, "Ada"],
    ["Ada Byron", { fullName: "Ada King Byron" }, "Ada King Byron"],
    ["Ada Byron", { fullName: null }, ""],
    ["", { firstName: "Ada", lastName: "Byron", fullName: "Ada King Byron" }, "Ada King Byron"],
    ["", { firstName: "Ada", lastName: "Byron", fullName: "Grace Hopper" }, "Ada Byron"],
    ["Mary Ann Smith", { firstName: "Mary Ann", lastName: "Smith" }, undefined],
    ["Mary Ann Smith", { firstName: "Jo", fullName: "Jo Smith" }, "Jo Smith"],
    ["Mary Ann Smith", { firstName: "Jo", fullName: "Mary Ann Smith" }, "Jo Ann Smith"],
    ["Ada  Byron", { firstName: "Ada", lastName: "Byron" }, undefined],
    ["Ada Byron", {}, undefined],
  ])("of %j by %j makes %j", (current, change, next) => {
    expect(changedName(current, change)).toBe(next);
  });

  it("never rewrites a name that comes back as it was read", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("Ada", "van", "O’Neil", " ", "\t", "李"), { maxLength: 6 }),
        (words) => {
          const name = words.join(" ");
          const parts = splitName(name);
          expect(changedName(name, parts)).toBeUndefined();
          const { fullName: _, ...halves } = parts;
          expect(changedName(name, halves)).toBeUndefined();
        },
      ),
    );
  });
});
