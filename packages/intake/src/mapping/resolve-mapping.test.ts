import { describe, expect, it } from "vitest";
import type { ColumnMapping } from "./fields.js";
import { proposeMapping } from "./propose-mapping.js";
import { resolveMapping } from "./resolve-mapping.js";

const resolve = (headers: readonly string[], wishes?: ColumnMapping) =>
  resolveMapping("leads.csv", proposeMapping(headers, []), wishes).map(({ target }) => target);

it("lays wishes over the proposals", () => {
  expect(resolve(["Company", "Country", "Foo"], { Foo: "company.industry", Country: "ignore" })).toEqual([
    "company.name",
    "ignore",
    "company.industry",
  ]);
});

it("takes a field that is asked for from the column for which it was proposed", () => {
  expect(resolve(["Company", "Trading as"], { "Trading as": "company.name" })).toEqual([
    "custom",
    "company.name",
  ]);
});

it("lets two columns be asked for one field", () => {
  expect(resolve(["Company", "Phone", "Alt"], { Phone: "company.phone", Alt: "company.phone" })).toEqual([
    "company.name",
    "company.phone",
    "company.phone",
  ]);
});

describe("a mapping that does not fit", () => {
  const refusal = (headers: readonly string[], wishes?: Record<string, string>) => {
    try {
      resolve(headers, wishes as ColumnMapping);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it("names the absent column and the nearest that is there", () => {
    expect(refusal(["Company Name", "Website"], { "Compny Name": "company.name" })).toMatchObject({
      code: "intake.mapping_invalid",
      message: expect.stringMatching(/leads\.csv.*no column "Compny Name".*Did you mean "Company Name"/),
      facts: { issues: [{ path: "Compny Name" }] },
    });
  });

  it("names the unknown field and the nearest that is known", () => {
    expect(refusal(["Company"], { Company: "name" })).toMatchObject({
      message: expect.stringMatching(/"name" is no field.*"company\.name"/),
    });
    expect(refusal(["Company"], { Company: "company.nmae" })).toMatchObject({
      message: expect.stringContaining('"company.name"'),
    });
  });

  it("lists what there is when nothing is near", () => {
    expect(refusal(["Company", "City"], { Zzzzzz: "company.name" })).toMatchObject({
      message: expect.stringContaining('There are "Company", "City"'),
    });
  });

  it("tells all that is wrong at once", () => {
    expect(refusal(["Company"], { Foo: "bar" })).toMatchObject({ facts: { issues: { length: 2 } } });
  });

  it.each([[["Foo", "Bar"]], [["First Name", "City"]]])(
    "has nothing that identifies a lead in %j",
    (headers) => {
      expect(refusal(headers)).toMatchObject({
        code: "intake.mapping_invalid",
        message: expect.stringContaining("rows can't be told apart"),
      });
    },
  );

  it("hints at the delimiter when there is one column only", () => {
    expect(refusal(["Company:Website"])).toMatchObject({ message: expect.stringContaining("`delimiter`") });
    expect(refusal(["Foo", "Bar"])).not.toMatchObject({ message: expect.stringContaining("`delimiter`") });
  });
});
