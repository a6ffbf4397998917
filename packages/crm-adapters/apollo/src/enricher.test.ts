import type { CacheEntry, CacheStore, CompanyEnricher } from "@salesagent/ports";
import { type ApolloSandboxOptions, apolloSandbox, createManualClock } from "@salesagent/sandbox/crm";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { apollo } from "./apollo.js";
import type { EnrichmentOptions } from "./enrichment-options.js";
import type { ApolloEnricher } from "./enrichment-types.js";

const ACME = { tenant: "acme" };
const LINKEDIN = "https://www.linkedin.com/in/ada-byron";

function scene(enrichment: EnrichmentOptions = {}, options: ApolloSandboxOptions = {}) {
  const clock = createManualClock();
  const sandbox = apolloSandbox({ clock, ...options });
  const { database } = sandbox.world;
  const company = database.addOrganization({
    name: "Figma",
    primary_domain: "figma.com",
    website_url: "http://www.figma.com",
    estimated_num_employees: 1_600,
    annual_revenue: 600_000_000,
    country: "United States",
    technology_names: ["React"],
    founded_year: 2012,
    phone: "+1 415-555-0100",
  });
  const ada = database.addPerson({
    first_name: "Ada",
    last_name: "Byron",
    title: "CTO",
    email: "ada@figma.com",
    country: "United Kingdom",
    linkedin_url: "http://www.linkedin.com/in/ada-byron",
    organization_id: company["id"] ?? null,
  });
  const vendor = (more: EnrichmentOptions = {}, passed = Promise.resolve()) =>
    apollo(
      { apiKey: "k" },
      {
        fetch: (...request) => passed.then(() => sandbox.fetch(...request)),
        clock,
        random: () => 0.5,
        enrichment: { ...enrichment, ...more },
      },
    ).enricher;
  return { clock, sandbox, database, company, ada, vendor, enricher: vendor() };
}

function createGate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

function mapCache(caches: Map<string, Map<string, CacheEntry>>, tenant: string): CacheStore {
  const entries = caches.get(tenant) ?? new Map<string, CacheEntry>();
  caches.set(tenant, entries);
  return {
    port: "cache-store/1",
    get: async (key) => entries.get(key),
    put: async (entry) => void entries.set(entry.key, entry),
    remove: async (keys) => keys.forEach((key) => void entries.delete(key)),
    prune: async () => 0,
  };
}

const asked = (sandbox: ReturnType<typeof scene>["sandbox"], path: string) =>
  sandbox.calls.filter((call) => call.path.endsWith(path)).length;

describe("apollo's enricher", () => {
  it("is a company enricher, which the agents take", () => {
    expectTypeOf<ApolloEnricher>().toExtend<CompanyEnricher>();
  });

  it("tells a company in normal form, each field with its source", async () => {
    const { enricher } = scene();
    const { found, credits } = await enricher.company({ domain: "figma.com" }, ACME);
    expect(credits).toBe(1);
    expect(found).toMatchObject({
      name: "Figma",
      domain: "figma.com",
      employees: { min: 1_600, max: 1_600 },
      revenueUsd: { min: 600_000_000, max: 600_000_000 },
      country: "US",
      technologies: ["React"],
      phone: "+14155550100",
    });
    const { provenance, ...fields } = found ?? { provenance: {} };
    expect(Object.keys(provenance).toSorted()).toEqual(Object.keys(fields).toSorted());
    expect(provenance).toMatchObject({ employees: { source: "apollo", at: "2026-11-01T10:00:00.000Z" } });
  });

  it("tells a person with their verified address", async () => {
    const { enricher } = scene();
    const { found } = await enricher.person({ linkedinUrl: LINKEDIN }, ACME);
    expect(found).toMatchObject({
      fullName: "Ada Byron",
      email: "ada@figma.com",
      country: "GB",
      linkedinUrl: LINKEDIN,
    });
  });

  it("takes no made-up address for a locked one, whatever the policy", async () => {
    const { database, vendor } = scene();
    database.addPerson({ first_name: "Lo", last_name: "Cked", email: "lo@x.test" }, { locked: true });
    const linkedin = "https://www.linkedin.com/in/made-up";
    const madeUp = {
      email: "email_not_unlocked@domain.com",
      email_status: "verified",
      linkedin_url: linkedin,
    };
    database.addPerson({ first_name: "Ma", last_name: "Deup", ...madeUp });
    for (const emails of ["verified", "likely"] as const) {
      for (const hints of [{ email: "lo@x.test" }, { linkedinUrl: linkedin }]) {
        const { found } = await vendor({ emails }).person(hints, ACME);
        expect(found?.fullName).toMatch(/^(Lo Cked|Ma Deup)$/);
        expect(found).not.toHaveProperty("email");
        expect(found?.provenance).not.toHaveProperty("email");
      }
    }
  });

  it("takes an address that is not verified only where the policy does, and tells that it is not sure", async () => {
    const { database, vendor } = scene();
    const fields = { first_name: "Gu", last_name: "Essed", email: "gu@x.test", email_status: "extrapolated" };
    database.addPerson(fields);
    const strict = await vendor().person({ email: "gu@x.test" }, ACME);
    expect(strict.found).not.toHaveProperty("email");
    const likely = await vendor({ emails: "likely" }).person({ email: "gu@x.test" }, ACME);
    expect(likely.found?.email).toBe("gu@x.test");
    expect(likely.found?.provenance.email?.confidence).toBeLessThan(0.5);
  });

  it("pays for a person once, by whatever they are asked for", async () => {
    const { sandbox, enricher } = scene();
    await enricher.person({ linkedinUrl: LINKEDIN }, ACME);
    const byEmail = await enricher.person({ email: "ADA@figma.com" }, ACME);
    const byName = await enricher.person({ fullName: " ada  byron", domain: "figma.com" }, ACME);
    expect([byEmail.credits, byName.credits]).toEqual([0, 0]);
    expect(byName.found?.email).toBe("ada@figma.com");
    expect(asked(sandbox, "/people/match")).toBe(1);
    expect(enricher.creditsSpent).toBe(1);
  });

  it("asks once for what several ask at the same time, and goes on when the first one leaves", async () => {
    const { sandbox, enricher } = scene();
    const first = new AbortController();
    const leaving = enricher.person({ email: "ada@figma.com" }, { ...ACME, signal: first.signal });
    const staying = enricher.person({ email: "ada@figma.com" }, ACME);
    const gone = expect(leaving).rejects.toThrow("left");
    await Promise.resolve();
    first.abort(new Error("left"));
    await gone;
    expect((await staying).found?.fullName).toBe("Ada Byron");
    expect(asked(sandbox, "/people/match")).toBe(1);
  });

  it("remembers whom Apollo does not know, for a while", async () => {
    const { sandbox, clock, enricher } = scene({ missForMs: 1_000 });
    expect(await enricher.person({ email: "no@x.test" }, ACME)).toEqual({ credits: 0 });
    await enricher.person({ email: "no@x.test" }, ACME);
    expect(asked(sandbox, "/people/match")).toBe(1);
    clock.advance(1_001);
    await enricher.person({ email: "no@x.test" }, ACME);
    expect(asked(sandbox, "/people/match")).toBe(2);
  });

  it("remembers in the tenant's own cache, under hashes, for other processes", async () => {
    const { sandbox, vendor } = scene();
    const caches = new Map<string, Map<string, CacheEntry>>();
    const cache = (tenant: string) => mapCache(caches, tenant);
    await vendor({ cache }).person({ email: "ada@figma.com" }, ACME);
    expect((await vendor({ cache }).person({ linkedinUrl: LINKEDIN }, ACME)).credits).toBe(0);
    expect(asked(sandbox, "/people/match")).toBe(1);
    await vendor({ cache }).person({ email: "ada@figma.com" }, { tenant: "other" });
    expect(asked(sandbox, "/people/match")).toBe(2);
    expect([...(caches.get("acme")?.keys() ?? [])].join()).not.toMatch(/ada|figma/i);
  });

  it("keeps to its limit of credits, also when many ask at once", async () => {
    const gate = createGate();
    const { database, clock, sandbox, vendor } = scene();
    const enricher = vendor({ credits: { limit: 3 } }, gate.passed);
    for (let n = 0; n < 6; n++)
      database.addPerson({ first_name: "P", last_name: `${n}`, email: `p${n}@x.test` });
    const asking = Array.from({ length: 6 }, (_, n) => enricher.person({ email: `p${n}@x.test` }, ACME));
    const refused: unknown[] = [];
    for (const one of asking) one.catch((error: unknown) => refused.push(error));
    // nothing is answered before three of them were told that no credit is left
    await vi.waitFor(() => expect(refused).toHaveLength(3));
    expect(asked(sandbox, "/people/match")).toBe(0);
    gate.open();
    await Promise.allSettled(asking);
    expect(refused).toMatchObject([1, 2, 3].map(() => ({ code: "service.quota_exhausted", replay: "safe" })));
    expect(asked(sandbox, "/people/match")).toBe(3);
    clock.advance(86_400_000);
    expect((await enricher.person({ email: "p5@x.test" }, ACME)).credits).toBe(1);
  });

  it("does not count a lookup that found nothing", async () => {
    const { enricher } = scene({ credits: { limit: 1 } });
    await enricher.person({ email: "no@x.test" }, ACME);
    expect((await enricher.person({ email: "ada@figma.com" }, ACME)).found?.fullName).toBe("Ada Byron");
  });

  it("counts a credit for an answer that was lost on the way, and does not ask again by itself", async () => {
    const { sandbox, enricher } = scene({ credits: { limit: 1 } });
    sandbox.fail({ fault: { type: "lost", when: "after" } });
    await expect(enricher.person({ email: "ada@figma.com" }, ACME)).rejects.toMatchObject({
      replay: "unsafe",
    });
    expect(sandbox.calls).toHaveLength(1);
    await expect(enricher.person({ email: "ada@figma.com" }, ACME)).rejects.toMatchObject({
      code: "service.quota_exhausted",
    });
  });

  it("asks for many ten at a time, each once, in their order", async () => {
    const { database, sandbox, enricher } = scene();
    for (let n = 0; n < 23; n++)
      database.addPerson({ first_name: "P", last_name: `${n}`, email: `p${n}@x.test` });
    const emails = Array.from({ length: 25 }, (_, n) => `p${n}@x.test`);
    const results = await enricher.people(
      [...emails, "p3@x.test"].map((email) => ({ email })),
      ACME,
    );
    expect(results.map(({ found }) => found?.email)).toEqual([
      ...emails.slice(0, 23),
      undefined,
      undefined,
      "p3@x.test",
    ]);
    expect(results.reduce((sum, { credits = 0 }) => sum + credits, 0)).toBe(23);
    expect(asked(sandbox, "/people/bulk_match")).toBe(3);
    await enricher.people([{ email: "p7@x.test" }, { email: "p24@x.test" }], ACME);
    expect(asked(sandbox, "/people/bulk_match")).toBe(3);
  });

  it("asks for many companies by their domains, each once", async () => {
    const { database, sandbox, enricher } = scene();
    database.addOrganization({ name: "Sketch", primary_domain: "sketch.com" });
    const domains = ["figma.com", "no.test", "sketch.com", "FIGMA.com"];
    const results = await enricher.companies(domains, ACME);
    expect(results.map(({ found, credits }) => [found?.name, credits])).toEqual([
      ["Figma", 1],
      [undefined, 0],
      ["Sketch", 1],
      ["Figma", 0],
    ]);
    expect((await enricher.company({ domain: "sketch.com" }, ACME)).credits).toBe(0);
    expect(sandbox.calls.map(({ path }) => path)).toEqual(["/api/v1/organizations/bulk_enrich"]);
  });

  it.each([{}, { fullName: "Ada Byron" }, { domain: "figma.com" }])(
    "asks for more than %j",
    async (hints) => {
      await expect(scene().enricher.person(hints, ACME)).rejects.toThrow(TypeError);
    },
  );
});

describe("waterfalls", () => {
  const order = { webhookUrl: "https://hooks.x.test/apollo", phone: true };

  it("keeps every digit of a request's id, and polls for its result", async () => {
    const { database, clock, sandbox, enricher } = scene({}, { waterfallMs: 30_000 });
    const { wire } = database.addPerson(
      { first_name: "Mo", last_name: "Bile", email: "mo@x.test" },
      { mobile: "+14155550199" },
    );
    const { requestId, personIds } = await enricher.startWaterfall(
      [{ email: "mo@x.test" }, { email: "no@x.test" }],
      order,
      ACME,
    );
    expect(requestId).toMatch(/^-9\d{18}$/);
    expect(String(Number(requestId))).not.toBe(requestId);
    expect(personIds).toEqual([wire.id, undefined]);
    expect(await enricher.waterfallResult(requestId)).toEqual({ status: "pending", retryAfterMs: 30_000 });
    const waiting = enricher.awaitWaterfall(requestId);
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(30_000);
    expect(await waiting).toEqual({
      status: "done",
      people: [{ id: wire.id, email: "mo@x.test", phones: ["+14155550199"] }],
    });
    expect(sandbox.calls.at(-1)?.path).toBe(`/api/v1/webhook_result/${requestId}`);
  });

  it("tells what is expired from what never was", async () => {
    const { clock, enricher } = scene();
    const { requestId } = await enricher.startWaterfall([{ email: "ada@figma.com" }], order, ACME);
    clock.advance(31 * 86_400_000);
    expect(await enricher.waterfallResult(requestId)).toEqual({ status: "expired" });
    expect(await enricher.waterfallResult("-12")).toEqual({ status: "unknown" });
    expect(await enricher.waterfallResult("no id")).toEqual({ status: "unknown" });
  });

  it("gives up waiting when told to", async () => {
    const { enricher } = scene();
    const { requestId } = await enricher.startWaterfall([{ email: "ada@figma.com" }], order, ACME);
    await expect(enricher.awaitWaterfall(requestId, { maxWaitMs: 5_000 })).rejects.toMatchObject({
      code: "call.wait_too_long",
    });
  });
});
