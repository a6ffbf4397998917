import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { companyDomainOfEmail, isRoleEmail, normaliseEmail } from "./email.js";

it.each([
  ["Ada@Figma.com", "ada@figma.com"],
  ["mailto:ada@figma.com?subject=x", "ada@figma.com"],
  ["Ada Lovelace <ada@figma.com>", "ada@figma.com"],
  ["ada+crm@mail.figma.co.uk", "ada+crm@mail.figma.co.uk"],
  ["o'neil@figma.com", "o'neil@figma.com"],
  ["ada@müller.de", "ada@xn--mller-kva.de"],
  ["info@figma.com", "info@figma.com"],
  ["ada@figma", undefined],
  ["ada@@figma.com", undefined],
  [".ada@figma.com", undefined],
  ["ada..l@figma.com", undefined],
  ["ada@figma.com/x", undefined],
  ["ada @figma.com", undefined],
  ["ada@192.168.0.1", undefined],
  [`${"a".repeat(65)}@figma.com`, undefined],
  ["ada", undefined],
])("reads %j as %s", (text, email) => {
  expect(normaliseEmail(text)).toBe(email);
});

it("changes nothing when read again, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.emailAddress()), (text) => {
      const email = normaliseEmail(text);
      if (email !== undefined) expect(normaliseEmail(email)).toBe(email);
    }),
  );
});

describe("whose an address is", () => {
  it.each([
    ["info@figma.com", true],
    ["sales+eu@figma.com", true],
    ["ada@figma.com", false],
  ])("%s is a function's: %s", (email, role) => {
    expect(isRoleEmail(email)).toBe(role);
  });

  it.each([
    ["ada@mail.figma.com", "figma.com"],
    ["ada@gmail.com", undefined],
    ["ada@yahoo.co.uk", undefined],
  ])("%s tells the domain %s", (email, domain) => {
    expect(companyDomainOfEmail(email)).toBe(domain);
  });
});
