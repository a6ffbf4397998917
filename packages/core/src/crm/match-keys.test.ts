import { describe, expect, it } from "vitest";
import { identityKeys, keysAfter, matchKeys } from "./match-keys.js";

describe("matchKeys", () => {
  it("finds a contact by its addresses, its page and its numbers", () => {
    const fields = {
      ...{ email: "Ada@X.example", otherEmails: ["a@y.example"], phone: "+49 30 123" },
      linkedinUrl: "https://www.linkedin.com/in/Ada/?trk=1",
    };
    expect(matchKeys("contact", fields)).toEqual([
      ...["email:ada@x.example", "email:a@y.example", "linkedin:linkedin.com/in/ada", "phone:+4930123"],
    ]);
    expect(identityKeys("contact", { phone: "+4930123" })).toEqual([]);
  });

  it("finds a company by its domain, and a deal by nothing", () => {
    expect(matchKeys("company", { domain: "X.example", name: "X" })).toEqual(["domain:x.example"]);
    expect(matchKeys("deal", { name: "X" })).toEqual([]);
  });

  it("keeps the host's own keys, and no more than a store takes", () => {
    expect(keysAfter(["crm:1", "email:old@x.example"], "contact", { email: "new@x.example" })).toEqual([
      ...["crm:1", "email:new@x.example"],
    ]);
    const otherEmails = Array.from({ length: 40 }, (_, index) => `a${index}@x.example`);
    expect(matchKeys("contact", { otherEmails })).toHaveLength(20);
    expect(matchKeys("contact", { email: `${"x".repeat(400)}@x.example` })).toEqual([]);
  });
});
