import { expect, it } from "vitest";
import { normaliseCompanyStatus } from "./company-status.js";

it.each([
  ["Active", "active"],
  ["Operating", "active"],
  ["in business", "active"],
  ["CLOSED", "inactive"],
  ["Out of business", "inactive"],
  ["Acquired", "acquired"],
  ["Was acquired", "acquired"],
  ["M&A", "acquired"],
  ["IPO", "public"],
  ["publicly-traded", "public"],
  ["unsure", undefined],
])("reads %j as %s", (text, status) => {
  expect(normaliseCompanyStatus(text)).toBe(status);
});
