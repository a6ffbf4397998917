import fc from "fast-check";
import { expect, it } from "vitest";
import { pageKey, readWebAddress } from "./web-address.js";

const figma = { domain: "figma.com", website: "https://figma.com" };

it.each([
  ["figma.com", figma],
  ["www.figma.com", figma],
  ["https://www.Figma.com/", figma],
  ["//figma.com", figma],
  ["https://figma.com:443", figma],
  ["http://figma.com", { domain: "figma.com", website: "http://figma.com" }],
  [
    "https://blog.figma.com/a/?utm_source=x#top",
    { domain: "figma.com", website: "https://blog.figma.com/a" },
  ],
  ["https://figma.com/page?id=7&gclid=1", { domain: "figma.com", website: "https://figma.com/page?id=7" }],
  ["müller.de", { domain: "xn--mller-kva.de", website: "https://xn--mller-kva.de" }],
  ["bbc.co.uk/news", { domain: "bbc.co.uk", website: "https://bbc.co.uk/news" }],
  ["https://www.ycombinator.com/companies/figma", { profileUrl: "https://ycombinator.com/companies/figma" }],
  ["crunchbase.com/organization/figma/", { profileUrl: "https://crunchbase.com/organization/figma" }],
  ["https://github.com/figma", { profileUrl: "https://github.com/figma" }],
  ["github.com", { sharedHost: "github.com" }],
  ["gmail.com", { sharedHost: "gmail.com" }],
  [
    "https://de.linkedin.com/company/Figma/about?trk=1",
    { companyLinkedinUrl: "https://www.linkedin.com/company/figma" },
  ],
  ["linkedin.com/in/ada-lovelace", { personLinkedinUrl: "https://www.linkedin.com/in/ada-lovelace" }],
  ["https://linkedin.com/feed", undefined],
  ["co.uk", undefined],
  ["localhost", undefined],
  ["http://192.168.0.1/x", undefined],
  ["http://[::1]/", undefined],
  ["javascript:alert(1)", undefined],
  ["ftp://figma.com", undefined],
  ["ada@figma.com", undefined],
  ["https://user:secret@figma.com", undefined],
  ["see our site", undefined],
  ["Figma", undefined],
  ["1.5", undefined],
])("reads %j", (text, address) => {
  expect(readWebAddress(text)).toEqual(address);
});

it("gives a domain that stays itself, however it is wrapped", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{2,10}$/);
  fc.assert(
    fc.property(label, label, fc.constantFrom("com", "io", "co.uk", "com.br", "de"), (name, path, ending) => {
      const domain = `${name}zz.${ending}`;
      for (const text of [
        domain,
        `https://www.${domain}`,
        `http://shop.${domain}:8080/${path}?q=1`,
        ` ${domain}`.trim(),
      ]) {
        expect(readWebAddress(text)?.domain).toBe(domain);
      }
    }),
  );
});

it("never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => void readWebAddress(text)));
});

it("knows a page in all its spellings", () => {
  expect(pageKey("https://www.Crunchbase.com/organization/Figma/?x=1")).toBe(
    "crunchbase.com/organization/figma",
  );
});
