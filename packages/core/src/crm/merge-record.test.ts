import type { JsonObject, JsonValue } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldPolicy, FieldRule } from "./field-policy.js";
import { type AgreedBase, type MergedRecord, mergeRecord, type RecordSide } from "./merge-record.js";
import { isEmpty, isSame } from "./same-value.js";

const HOUR_MS = 3_600_000;
const side = (values: JsonObject, changedAtMs = 0): RecordSide => ({ values, changedAtMs });
const agreed = (values: JsonObject): AgreedBase => ({ app: values, crm: values });

function merge(app: JsonObject, crm: JsonObject, base: JsonObject | undefined, rule: FieldRule = {}) {
  const rules = { title: rule, tags: rule, phone: rule };
  return mergeRecord(side(app), side(crm), base && agreed(base), { rules });
}

/** The two sides after what a merge wants was written. */
function written(values: JsonObject, changes: JsonObject): JsonObject {
  const kept = Object.entries({ ...values, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept);
}

describe("mergeRecord", () => {
  it("carries a change of one side to the other", () => {
    expect(merge({ title: "CTO" }, { title: "CIO" }, { title: "CIO" })).toMatchObject({
      ...{ toApp: {}, toCrm: { title: "CTO" }, conflicts: [] },
    });
    expect(merge({ title: "CTO" }, { title: "CIO" }, { title: "CTO" })).toMatchObject({
      ...{ toApp: { title: "CIO" }, toCrm: {}, conflicts: [] },
    });
  });

  it("carries the taking away of a value", () => {
    expect(merge({}, { title: "CIO" }, { title: "CIO" }).toCrm).toEqual({ title: null });
    expect(merge({ title: "CIO" }, {}, { title: "CIO" }).toApp).toEqual({ title: null });
  });

  it("fills what only one side has when the two meet for the first time, and takes nothing away", () => {
    const { toApp, toCrm, conflicts } = merge({ title: "CTO" }, { phone: "+4930123" }, undefined);
    expect([toApp, toCrm, conflicts]).toEqual([{ phone: "+4930123" }, { title: "CTO" }, []]);
  });

  it("says nothing of fields without a rule", () => {
    const merged = mergeRecord(side({ other: 1 }), side({ other: 2 }), undefined, { rules: { title: {} } });
    expect(merged).toEqual({ toApp: {}, toCrm: {}, conflicts: [], base: { app: {}, crm: {} } });
  });

  it("takes spaces and forms of Unicode for the same value", () => {
    const { toApp, toCrm } = merge({ title: " Größe  eins" }, { title: "Gro\u0308ße eins " }, undefined);
    expect([toApp, toCrm]).toEqual([{}, {}]);
  });

  it.each<[FieldPolicy, Partial<MergedRecord>, string]>([
    ["crm-wins", { toApp: { title: "crm" }, toCrm: {} }, "crm"],
    ["app-wins", { toApp: {}, toCrm: { title: "app" } }, "app"],
    ["review", { toApp: {}, toCrm: {} }, "open"],
    ["union", { toApp: { title: "crm" }, toCrm: {} }, "crm"],
  ])("settles what both changed by %s, and puts it on record", (policy, writes, taken) => {
    const merged = merge({ title: "app" }, { title: "crm" }, { title: "base" }, { policy });
    expect(merged).toMatchObject(writes);
    expect(merged.conflicts).toEqual([
      { field: "title", policy, base: "base", app: "app", crm: "crm", taken },
    ]);
  });

  it("takes the later write beyond the tolerance of the clocks, and the CRM's within", () => {
    const takenAt = (appMs: number, toleranceMs?: number) =>
      mergeRecord(side({ title: "app" }, appMs), side({ title: "crm" }, HOUR_MS), agreed({ title: "base" }), {
        ...{ rules: { title: {} }, toleranceMs },
      }).conflicts[0]?.taken;
    expect(takenAt(HOUR_MS + 60_001)).toBe("app");
    expect(takenAt(HOUR_MS + 60_000)).toBe("crm");
    expect(takenAt(HOUR_MS + 1, 0)).toBe("app");
    expect(takenAt(0)).toBe("crm");
  });

  it("goes by the time of the field where it is known", () => {
    const app = { values: { title: "app" }, changedAtMs: 0, fieldChangedAtMs: { title: 2 * HOUR_MS } };
    const crm = side({ title: "crm" }, HOUR_MS);
    expect(mergeRecord(app, crm, agreed({}), { rules: { title: {} } }).toCrm).toEqual({ title: "app" });
  });

  it("leaves two values as they are where a field is only filled, and says so once and for all", () => {
    const rule = { policy: "fill-empty" } as const;
    const first = merge({ title: "app" }, { title: "crm", phone: "1" }, undefined, rule);
    expect(first).toMatchObject({ toApp: { phone: "1" }, toCrm: {}, conflicts: [] });
    expect(merge({ title: "new" }, { title: "crm" }, { title: "crm" }, rule)).toMatchObject({
      toApp: {},
      toCrm: {},
    });
  });

  it("unites lists: what either side added is there, what either side removed is not", () => {
    const merged = merge(
      { tags: ["a", "c", "x"] },
      { tags: ["a", "b", "y"] },
      { tags: ["a", "b", "c"] },
      { policy: "union" },
    );
    expect(merged.toApp).toEqual({ tags: ["a", "y", "x"] });
    expect(merged.toCrm).toEqual({ tags: ["a", "y", "x"] });
  });

  it("keeps a field one way where its rule says so", () => {
    expect(
      merge({ title: "app" }, { title: "crm" }, { title: "crm" }, { direction: "to-app" }),
    ).toMatchObject({
      ...{ toApp: {}, toCrm: {} },
    });
    expect(
      merge({ title: "app" }, { title: "crm" }, { title: "base" }, { direction: "to-app" }),
    ).toMatchObject({
      ...{ toApp: { title: "crm" }, toCrm: {}, conflicts: [] },
    });
  });

  it("keeps the form in which a CRM took a value, and does not take it for a change", () => {
    const base = { app: { phone: "+49 30 123" }, crm: { phone: "+4930123" } };
    const merged = mergeRecord(side({ phone: "+49 30 123" }), side({ phone: "+4930123" }), base, {
      rules: { phone: {} },
    });
    expect(merged).toMatchObject({ toApp: {}, toCrm: {}, conflicts: [], base });
  });

  const value = fc.constantFrom<JsonValue | undefined>(
    undefined,
    "",
    "a",
    "b",
    "c d",
    0,
    1,
    ["a"],
    ["a", "b"],
    ["c"],
    [],
  );
  const fields = ["one", "two", "three"];
  const values = fc
    .record(Object.fromEntries(fields.map((field) => [field, value])))
    .map(
      (record) =>
        Object.fromEntries(Object.entries(record).filter(([, item]) => item !== undefined)) as JsonObject,
    );
  const rule = fc.record({
    policy: fc.constantFrom<FieldPolicy>(
      "last-write-wins",
      "crm-wins",
      "app-wins",
      "fill-empty",
      "review",
      "union",
    ),
    direction: fc.constantFrom("both", "to-app", "to-crm"),
  }) satisfies fc.Arbitrary<FieldRule>;
  const rules = fc.record(Object.fromEntries(fields.map((field) => [field, rule])));
  const times = fc.record({
    app: fc.integer({ min: 0, max: 200_000 }),
    crm: fc.integer({ min: 0, max: 200_000 }),
  });

  it("ceases to write once its writes are made, whatever the sides, the base and the rules", () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.option(values, { nil: undefined }),
        rules,
        times,
        (app, crm, base, some, at) => {
          const options = { rules: some };
          const first = mergeRecord(side(app, at.app), side(crm, at.crm), base && agreed(base), options);
          const [nextApp, nextCrm] = [written(app, first.toApp), written(crm, first.toCrm)];
          const second = mergeRecord(side(nextApp, at.crm), side(nextCrm, at.app), first.base, options);
          expect([second.toApp, second.toCrm]).toEqual([{}, {}]);
          // A person still has to decide on the same fields, and on no others.
          const open = first.conflicts.filter(({ taken }) => taken === "open");
          expect(second.conflicts).toEqual(open);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("makes both sides equal in each field that goes both ways and that nobody has to decide on", () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.option(values, { nil: undefined }),
        rules,
        times,
        (app, crm, base, some, at) => {
          const merged = mergeRecord(side(app, at.app), side(crm, at.crm), base && agreed(base), {
            rules: some,
          });
          const open = new Set(
            merged.conflicts.filter(({ taken }) => taken === "open").map(({ field }) => field),
          );
          for (const [field, { policy, direction }] of Object.entries(some)) {
            if (open.has(field) || direction !== "both" || policy === "fill-empty") continue;
            expect(isSame(written(app, merged.toApp)[field], written(crm, merged.toCrm)[field])).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("loses no change that only one side made", () => {
    fc.assert(
      fc.property(values, values, (base, changed) => {
        const rules = Object.fromEntries(fields.map((field) => [field, {}]));
        const ours = mergeRecord(side(changed), side(base), agreed(base), { rules });
        const theirs = mergeRecord(side(base), side(changed), agreed(base), { rules });
        for (const field of fields) {
          expect(isSame(written(base, ours.toCrm)[field], changed[field])).toBe(true);
          expect(isSame(written(base, theirs.toApp)[field], changed[field])).toBe(true);
        }
        expect([...ours.conflicts, ...theirs.conflicts]).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes no value away when two records meet for the first time", () => {
    fc.assert(
      fc.property(values, values, rules, times, (app, crm, some, at) => {
        const { toApp, toCrm } = mergeRecord(side(app, at.app), side(crm, at.crm), undefined, {
          rules: some,
        });
        for (const change of [...Object.values(toApp), ...Object.values(toCrm)])
          expect(isEmpty(change)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
