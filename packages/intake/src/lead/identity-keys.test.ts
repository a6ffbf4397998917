import type { CompanyFields, ContactFields } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { identityKeys } from "./identity-keys.js";

const figma: CompanyFields = { name: "Figma, Inc.", domain: "figma.com", country: "US" };
const profileUrl = "https://ycombinator.com/companies/figma";

describe("a company lead", () => {
  it.each<[string, CompanyFields, ContactFields, readonly string[]]>([
    ["its domain", figma, {}, ["domain:figma.com"]],
    [
      "its page in a directory",
      { name: "Figma", profileUrl },
      {},
      ["profile:ycombinator.com/companies/figma"],
    ],
    [
      "all that it has, strongest first",
      { ...figma, profileUrl, linkedinUrl: "https://www.linkedin.com/company/figma" },
      {},
      ["domain:figma.com", "profile:ycombinator.com/companies/figma", "linkedin:company/figma"],
    ],
    [
      "its name and country when nothing else tells",
      { name: "Figma, Inc.", country: "US" },
      {},
      ["name:figma|us"],
    ],
    ["its name alone", { name: "FIGMA" }, {}, ["name:figma|"]],
    [
      "its shared mailbox before its name",
      { name: "Figma" },
      { email: "info@figma.com" },
      ["email:info@figma.com"],
    ],
    ["its domain, not a shared mailbox", figma, { email: "info@agency.com" }, ["domain:figma.com"]],
  ])("is told by %s", (_, company, contact, keys) => {
    expect(identityKeys(company, contact)).toEqual(keys);
  });
});

describe("a contact lead", () => {
  const ada: ContactFields = { fullName: "Ada Lovelace", firstName: "Ada", lastName: "Lovelace" };

  it.each<[string, CompanyFields, ContactFields, readonly string[]]>([
    [
      "e-mail, not by the company's domain",
      figma,
      { ...ada, email: "ada@figma.com" },
      ["email:ada@figma.com"],
    ],
    ["e-mail without a name", figma, { email: "ada@figma.com" }, ["email:ada@figma.com"]],
    [
      "e-mail and page",
      figma,
      { ...ada, email: "ada@figma.com", linkedinUrl: "https://www.linkedin.com/in/ada" },
      ["email:ada@figma.com", "linkedin:in/ada"],
    ],
    ["name within the company", figma, ada, ["person:ada lovelace|figma.com"]],
    [
      "name within a company without a site",
      { name: "Figma", country: "US" },
      ada,
      ["person:ada lovelace|figma|us"],
    ],
    [
      "name, not by a mailbox that others share",
      figma,
      { ...ada, email: "info@figma.com" },
      ["person:ada lovelace|figma.com"],
    ],
    [
      "name and mailbox when there is no company",
      {},
      { ...ada, email: "info@figma.com" },
      ["person:ada lovelace|info@figma.com"],
    ],
  ])("is told by %s", (_, company, contact, keys) => {
    expect(identityKeys(company, contact)).toEqual(keys);
  });

  it("can't be told by a name alone", () => {
    expect(identityKeys({}, ada)).toEqual([]);
  });
});

it("keeps two people of one company apart, and a person from the company", () => {
  const keys = [{}, { email: "ada@figma.com" }, { email: "bob@figma.com" }].flatMap((contact) =>
    identityKeys(figma, contact),
  );

  expect(new Set(keys).size).toBe(3);
});
