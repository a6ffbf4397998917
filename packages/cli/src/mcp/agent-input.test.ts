import { expect, it } from "vitest";
import { marketing } from "../agents/marketing.js";
import { qualification } from "../agents/qualification.js";
import { agentInput } from "./agent-input.js";

const read = (entry: typeof qualification, value: unknown) => agentInput(entry)["~standard"].validate(value);

it("takes the fields of an agent, or its whole input", () => {
  expect(read(qualification, { company: "Figma", email: "a@figma.com" })).toEqual({
    value: { company: "Figma", contact: { email: "a@figma.com" } },
  });
  expect(read(qualification, { input: { company: "Figma", employees: { min: 1 } } })).toEqual({
    value: { company: "Figma", employees: { min: 1 } },
  });
});

it.each<[unknown, string]>([
  [{}, "needs more of: company"],
  [{ company: " " }, "must be a text"],
  [{ company: "Figma", goal: "more" }, "is not a field of this agent"],
  [{ company: "Figma", input: { company: "Figma" } }, "in place of the other fields"],
  [{ input: "Figma" }, "must be an object"],
])("tells what is wrong with %j", (value, says) => {
  expect(read(qualification, value)).toMatchObject({ issues: [{ message: expect.stringContaining(says) }] });
});

it("takes channels as a list", () => {
  const issues = [{ message: "must be a list of texts", path: ["channels"] }];
  expect(read(marketing, { offer: "More", company: "Figma", channels: "email" })).toEqual({ issues });
});
