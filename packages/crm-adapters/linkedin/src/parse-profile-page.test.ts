import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProfilePage } from "./parse-profile-page.js";

const at = "2026-11-01T10:00:00.000Z";
const ADA = "https://www.linkedin.com/in/ada-byron";
const FIGMA = "https://www.linkedin.com/company/figma";
const source = { source: "linkedin", at };

const graph = (nodes: unknown) =>
  `<html><head><script type="application/ld+json">${JSON.stringify({ "@context": "http://schema.org", "@graph": nodes })}</script></head><body></body></html>`;

describe("parseProfilePage", () => {
  it("reads a person from the data for search engines", () => {
    const html = graph([
      { "@type": "WebPage", name: "other" },
      {
        "@type": "Person",
        name: "Ada Byron",
        jobTitle: ["CTO", "Board member"],
        address: { "@type": "PostalAddress", addressLocality: "London", addressCountry: "GB" },
        worksFor: [
          { "@type": "Organization", name: "Figma", member: { startDate: "2022-01", roleName: "CTO" } },
          { "@type": "Organization", name: "Engines", member: { startDate: 2015, endDate: 2021 } },
        ],
        description: "Builds engines.\n<br>And looms.",
      },
    ]);
    expect(parseProfilePage({ html, url: ADA, at })).toEqual({
      kind: "person",
      contact: {
        fullName: "Ada Byron",
        title: "CTO",
        linkedinUrl: ADA,
        country: "GB",
        provenance: { fullName: source, title: source, linkedinUrl: source, country: source },
      },
      about: "Builds engines.\nAnd looms.",
      positions: [
        { title: "CTO", company: "Figma", from: "2022-01" },
        { title: "CTO", company: "Engines", from: "2015", until: "2021" },
      ],
    });
  });

  it.each([
    `<meta property="og:title" content="Ada Byron - CTO - Figma | LinkedIn"><meta property="og:description" content="Builds &amp; mends.">`,
    `<meta content='Ada Byron - CTO - Figma | LinkedIn' name='og:title' /><meta name=x><meta content="Builds &#38; mends." property="og:description">`,
    `<title>Ada Byron – CTO - Figma | LinkedIn</title><meta property="og:description" content="Builds &amp; mends.">`,
  ])("reads what is for previews where that is all: %#", (head) => {
    expect(parseProfilePage({ html: `<html><head>${head}</head></html>`, url: ADA, at })).toMatchObject({
      kind: "person",
      contact: { fullName: "Ada Byron" },
      headline: "CTO - Figma",
      about: "Builds & mends.",
    });
  });

  it("reads a company, and takes no page of LinkedIn's for its site", () => {
    const html = graph([
      {
        "@type": "Organization",
        name: "Figma",
        url: FIGMA,
        sameAs: "https://www.figma.com",
        numberOfEmployees: { value: 1600 },
        address: { addressLocality: "San Francisco", addressCountry: "US" },
      },
    ]);
    expect(parseProfilePage({ html, url: FIGMA, at })).toMatchObject({
      kind: "company",
      company: {
        name: "Figma",
        website: "https://www.figma.com",
        employees: { min: 1600, max: 1600 },
        city: "San Francisco",
        country: "US",
        linkedinUrl: FIGMA,
      },
    });
  });

  it("goes past data that is broken", () => {
    const html = `<script type="application/ld+json">{"@type": "Person", </script>${graph([{ "@type": "Person", name: "Ada Byron" }])}`;
    expect(parseProfilePage({ html, url: ADA, at })).toMatchObject({ contact: { fullName: "Ada Byron" } });
  });

  it("takes out what is invisible, and cuts what is too long", () => {
    const name = `Ada\u202e\u0007 By\u200bron${"x".repeat(400)}`;
    const profile = parseProfilePage({ html: graph([{ "@type": "Person", name }]), url: ADA, at });
    const told = profile?.kind === "person" ? (profile.contact.fullName ?? "") : "";
    expect(told.startsWith("Ada By ronxx")).toBe(true);
    expect(told).toHaveLength(300);
  });

  it("tells nothing where no name is told", () => {
    expect(
      parseProfilePage({ html: "<html><title> | LinkedIn</title></html>", url: ADA, at }),
    ).toBeUndefined();
    expect(parseProfilePage({ html: "", url: FIGMA, at })).toBeUndefined();
  });

  it("comes to an end with whatever a page holds", () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(value, fc.string(), fc.constantFrom(ADA, FIGMA), (data, text, url) => {
        const node = {
          "@type": ["Person", "Organization"],
          name: data,
          worksFor: data,
          address: data,
          jobTitle: data,
        };
        parseProfilePage({
          html: `${graph([data, node])}<meta property="og:title" content="${text}"><title>${text}`,
          url,
          at,
        });
      }),
      { numRuns: 300 },
    );
  });
});
