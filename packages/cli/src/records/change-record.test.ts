import { describe, expect, it } from "vitest";
import { changeRecord, type RecordState } from "./change-record.js";

const AT = "2026-11-21T10:00:00.000Z";
const BEFORE = "2026-11-01T10:00:00.000Z";
const rowOf = (fields: Readonly<Record<string, string>>) => ({
  id: undefined,
  fields,
  custom: {},
  links: {},
});

const stored = (fields: RecordState["fields"], more: Partial<RecordState> = {}): RecordState => ({
  ...{ fields, custom: {}, links: {}, keys: [], fieldTimes: {}, updatedAt: BEFORE },
  ...more,
});

describe("changeRecord", () => {
  it("keeps the times of what did not change, and stamps what did", () => {
    const before = stored(
      { title: "CTO", department: "IT" },
      { fieldTimes: { department: "2026-10-01T10:00:00.000Z" } },
    );
    const { fieldTimes } =
      changeRecord("contact", before, rowOf({ title: "CEO", department: "IT" }), AT) ?? {};
    expect(fieldTimes).toEqual({ title: AT, department: "2026-10-01T10:00:00.000Z" });
    const { fieldTimes: times } =
      changeRecord("contact", stored({ title: "CTO" }), rowOf({ country: "FR" }), AT) ?? {};
    expect(times).toEqual({ title: BEFORE, country: AT });
  });

  it("moves our keys with the fields, and leaves the host's", () => {
    const before = stored({ email: "a@x.example" }, { keys: ["email:a@x.example", "crm:7"] });
    const after = changeRecord("contact", before, rowOf({ email: "b@x.example" }), AT);
    expect(after?.keys).toEqual(["crm:7", "email:b@x.example"]);
  });

  it("lets a full name follow the two that it is made of, and gives none to a record that has none", () => {
    const names = { firstName: "Ada", lastName: "Byron" };
    const nameAfter = (fields: RecordState["fields"], row: Readonly<Record<string, string>>) =>
      changeRecord("contact", stored(fields), rowOf(row), AT)?.fields;
    expect(nameAfter({ ...names, fullName: "Ada Byron" }, { firstName: "Augusta" })).toMatchObject({
      fullName: "Augusta Byron",
    });
    expect(nameAfter({ ...names, fullName: "Lady Ada" }, { firstName: "Augusta" })).toMatchObject({
      fullName: "Lady Ada",
    });
    expect(changeRecord("contact", stored(names), rowOf(names), AT)).toBeUndefined();
    expect(changeRecord("contact", undefined, rowOf(names), AT)?.fields).toMatchObject({
      fullName: "Ada Byron",
    });
  });

  it("takes objects for the same whatever the order of their names", () => {
    const before = stored({}, { custom: { score: { max: 2, min: 1 } } });
    const row = { ...rowOf({}), custom: { score: '{"min":1,"max":2}' } };
    expect(changeRecord("company", before, row, AT)).toBeUndefined();
  });
});
