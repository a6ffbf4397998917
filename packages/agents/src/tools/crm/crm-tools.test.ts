import type { Company, Contact } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { TenantCall } from "../../ports/crm-search.js";
import { memoryCrmSearch } from "../../rehearsal/memory-crm-search.js";
import { memoryEnricher } from "../../rehearsal/memory-enricher.js";
import { memoryProfileReader } from "../../rehearsal/memory-profile-reader.js";
import { memorySearch } from "../../rehearsal/memory-search.js";
import { callTool } from "../../testing/call-tool.js";
import { searchWeb } from "../search/search-web.js";
import { enrichWithApollo } from "./enrich-with-apollo.js";
import { scrapeLinkedin } from "./scrape-linkedin.js";
import { searchCrm } from "./search-crm.js";

const seen = { source: "memory", at: "2026-11-01T00:00:00.000Z" };
const figma: Company = {
  name: "Figma",
  domain: "figma.com",
  employees: { min: 1_600, max: 1_600 },
  provenance: { name: seen },
};
const ada: Contact = {
  fullName: "Ada Byron",
  email: "ada@figma.com",
  title: "CTO",
  provenance: { email: seen },
};
const LINKEDIN = "https://www.linkedin.com/in/ada-byron";

describe("search_crm", () => {
  const crm = memoryCrmSearch({
    acme: [
      { kind: "company", id: "7", company: figma },
      { kind: "contact", id: "8", contact: ada },
    ],
    other: [{ kind: "company", id: "9", company: { ...figma, name: "Figma of others" } }],
  });

  it("finds records of the run's own tenant", async () => {
    const outcome = await callTool(searchCrm(crm), {
      kind: "company",
      domain: "https://www.Figma.com/about",
    });
    expect(outcome.output).toEqual({ matches: [{ kind: "company", id: "7", company: figma }] });
  });

  it("finds people by address and by the company's domain", async () => {
    for (const query of [{ email: " ADA@figma.com" }, { domain: "figma.com" }, { text: "byron" }]) {
      const outcome = await callTool(searchCrm(crm), { kind: "contact", ...query });
      expect(outcome.output).toMatchObject({ matches: [{ id: "8" }] });
    }
  });

  it.each([
    { kind: "company" },
    { kind: "deal", text: "x" },
    { kind: "contact", email: "no address" },
    { kind: "company", domain: "not a domain" },
  ])("tells a model what is wrong with %j", async (input) => {
    expect(await callTool(searchCrm(crm), input)).toMatchObject({ errorCode: "tool.input_invalid" });
  });
});

describe("enrich_with_apollo", () => {
  const tool = enrichWithApollo(memoryEnricher({ companies: [figma], contacts: [ada] }));

  it("brings the company and the person with the source of each field", async () => {
    const outcome = await callTool(tool, {
      company: { domain: "figma.com" },
      person: { fullName: "ada byron", domain: "figma.com" },
    });
    expect(outcome.output).toEqual({
      provider: "memory",
      company: figma,
      contact: ada,
      credits: 2,
      unknown: [],
    });
    expect(tool.origin).toBe("external");
  });

  it("tells what is not known from what was not asked for", async () => {
    expect((await callTool(tool, { company: { name: "Nobody" } })).output).toEqual({
      provider: "memory",
      credits: 0,
      unknown: ["company"],
    });
    expect((await callTool(tool, { person: { email: "bo@figma.com" } })).output).toMatchObject({
      unknown: ["person"],
    });
  });

  it.each([{}, { company: {} }, { person: { fullName: "Ada Byron" } }])(
    "asks for more than %j",
    async (input) => {
      expect(await callTool(tool, input)).toMatchObject({ errorCode: "tool.input_invalid" });
    },
  );
});

describe("scrape_linkedin", () => {
  const profile = { kind: "person", contact: ada, headline: "CTO at Figma", positions: [] } as const;
  const tool = scrapeLinkedin(memoryProfileReader({ [LINKEDIN]: profile }));

  it.each([LINKEDIN, "http://de.linkedin.com/in/ada-byron/?trk=x", "linkedin.com/in/ada-byron/details"])(
    "reads %s in its normal form",
    async (url) => {
      expect((await callTool(tool, { url })).output).toEqual({ url: LINKEDIN, profile });
    },
  );

  it("says so when there is no such page", async () => {
    expect((await callTool(tool, { url: `${LINKEDIN}-2` })).output).toEqual({ url: `${LINKEDIN}-2` });
  });

  it.each([
    "https://evil.test/in/ada",
    "https://linkedin.com.evil.test/in/ada",
    "https://user@linkedin.com/in/ada",
    "https://www.linkedin.com/jobs/1",
    "https://www.linkedin.com/in/",
  ])("reads no other page, such as %s", async (url) => {
    expect(await callTool(tool, { url })).toMatchObject({ errorCode: "tool.input_invalid" });
  });

  it("hands the reader the tenant and a signal", async () => {
    const calls: TenantCall[] = [];
    const reader = scrapeLinkedin({
      port: "profile-reader/1",
      provider: "linkedin",
      read: async (_url, call) => {
        calls.push(call);
        return undefined;
      },
    });
    await callTool(reader, { url: LINKEDIN });
    expect(calls).toMatchObject([{ tenant: "acme", signal: expect.any(AbortSignal) }]);
  });
});

describe("memorySearch", () => {
  it("finds pages that hold every word", async () => {
    const pages = [
      { title: "Figma raises", url: "https://a.test/", snippet: "a series E" },
      { title: "Figma hires", url: "https://b.test/", snippet: "a CTO" },
    ];
    const outcome = await callTool(searchWeb({ backend: memorySearch(pages) }), { query: "FIGMA cto" });
    expect(outcome.output).toEqual({ hits: [pages[1]] });
  });
});
