import { createTokenSource, memoryVault } from "@salesagent/core/http";
import { hubspotSandbox } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { hubspot } from "./hubspot.js";
import { untilMidnight } from "./hubspot-http.js";
import type { HubspotOptions } from "./hubspot-options.js";
import { hubspotSetup } from "./testing/hubspot-setup.js";
import { drain, settled } from "./testing/settled.js";

const HOUR_MS = 3_600_000;

describe("hubspot", () => {
  it.each<[string, HubspotOptions]>([
    ["version", { version: "v1" as never }],
    ["currency", { currency: "dollar" }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["changes.overlapMs", { changes: { overlapMs: -1 } }],
    ["changes.removals", { changes: { removals: "all" as never } }],
    ["webhook.toleranceMs", { webhook: { secret: "s", toleranceMs: Number.NaN } }],
    ["mapping.lead", { mapping: { lead: {} } as never }],
    [
      "mapping.contact.score.property",
      { mapping: { contact: { score: { property: "Lead Score", type: "number" } } } },
    ],
    [
      "mapping.contact.score.type",
      { mapping: { contact: { score: { property: "s", type: "money" as never } } } },
    ],
    ["fields.contact.nickname", { fields: { contact: { nickname: "nick" } } }],
    ["fields.contact.title", { fields: { contact: { title: "Job Title" } } }],
  ])("names the option that makes no sense: %s", (name, options) => {
    expect(() => hubspot({ token: "pat-1" }, options)).toThrow(`hubspot.${name}`);
  });

  it("asks for a credential", () => {
    expect(() => hubspot({ token: "" })).toThrow(TypeError);
    expect(() => hubspot({} as never)).toThrow("hubspot takes a token or oauth");
  });

  it("has each call of one layout under its own path", async () => {
    const pathsOf = async (version: "2026-03" | "2026-09" | "v3") => {
      const { provider, sandbox, clock } = hubspotSetup({ version });
      const company = sandbox.world.create("companies", { name: "a" });
      const { id } = await provider.create({ kind: "contact", fields: {}, links: { company: [company] } });
      await provider.update({ kind: "contact", id, fields: { title: "x" }, links: { company: [company] } });
      await provider.getMany("contact", [id]);
      await provider.schema("contact");
      await drain(clock, provider, "contact", { since: "2026-11-01T00:00:00Z" });
      expect(sandbox.calls.filter(({ status = 0 }) => status >= 400)).toEqual([]);
      return [...new Set(sandbox.calls.map(({ path }) => path.replace(/\/\d{3,}(?=\/|$)/g, "/id")))].sort();
    };
    const dated = await pathsOf("2026-09");
    expect(dated.every((path) => path.includes("/2026-09/"))).toBe(true);
    expect((await pathsOf("2026-03")).map((path) => path.replace("2026-03", "2026-09"))).toEqual(dated);
    expect(await pathsOf("v3")).toEqual([
      "/crm/v3/objects/contacts",
      "/crm/v3/objects/contacts/batch/read",
      "/crm/v3/objects/contacts/id",
      "/crm/v3/objects/contacts/search",
      "/crm/v3/properties/contacts",
      "/crm/v4/associations/contacts/companies/batch/read",
      "/crm/v4/objects/contacts/id/associations/default/companies/id",
    ]);
  });

  it("reads more properties than an address has room for", async () => {
    const names = Array.from({ length: 900 }, (_, at) => `property_number_${at}`);
    const mapping = {
      contact: Object.fromEntries(names.map((name) => [name, { property: name, type: "text" }] as const)),
    };
    const { provider, sandbox } = hubspotSetup({ mapping });
    for (const name of names) sandbox.world.defineProperty("contacts", { name });
    const id = sandbox.world.create("contacts", { email: "ada@example.com", property_number_899: "last" });

    const pages = [];
    for await (const page of provider.list("contact")) pages.push(page);

    expect((await provider.get("contact", id))?.custom).toEqual({ property_number_899: "last" });
    expect(pages.flatMap(({ records }) => records.map(({ custom }) => custom))).toEqual([
      { property_number_899: "last" },
    ]);
    expect(sandbox.calls.some(({ status }) => status === 414)).toBe(false);
  });

  it("leaves fields alone that the host does, and takes other properties for others", async () => {
    const { provider, sandbox } = hubspotSetup({
      fields: { contact: { linkedinUrl: "li_url", title: false } },
    });
    sandbox.world.defineProperty("contacts", { name: "li_url" });
    const made = await provider.create({
      kind: "contact",
      fields: { title: "CTO", linkedinUrl: "https://www.linkedin.com/in/ada" },
    });
    expect(made.fields).toEqual({ linkedinUrl: "https://www.linkedin.com/in/ada" });
    expect(sandbox.world.read("contacts", made.id)?.properties).toEqual({
      li_url: "https://www.linkedin.com/in/ada",
    });
    expect(provider.capabilities.kinds.contact?.fields).not.toContain("title");
  });

  it("tells which custom fields it maps, and which of them it never writes", () => {
    const score = { property: "score", type: "number", readOnly: true } as const;
    const mapping = { contact: { tier: { property: "tier", type: "text" }, score } } as const;
    const { contact, deal } = hubspotSetup({ mapping }).provider.capabilities.kinds;
    expect([contact?.customFields, deal?.customFields]).toEqual([["tier", "score"], []]);
    expect(contact?.readOnlyFields).toContain("custom.score");
    expect(contact?.readOnlyFields).not.toContain("custom.tier");
  });

  it("describes properties, the custom ones too", async () => {
    const { provider } = hubspotSetup();
    const fields = new Map((await provider.schema("contact")).map((field) => [field.name, field]));
    expect(fields.get("email")).toMatchObject({ type: "text", unique: true });
    expect(fields.get("lead_score")).toMatchObject({ type: "number" });
    expect(fields.get("hs_object_id")).toMatchObject({ readOnly: true });
    expect(fields.get("lifecyclestage")).toMatchObject({
      type: "choice",
      choices: expect.arrayContaining(["lead"]),
    });
  });

  it("tells how it does", async () => {
    const { provider, sandbox, clock } = hubspotSetup({ http: { retry: false } });
    expect(await provider.health()).toMatchObject([{ name: "hubspot", status: "ok" }]);
    sandbox.fail({ fault: { type: "rate-limited" } });
    expect(await settled(clock, provider.health())).toMatchObject([{ status: "degraded" }]);
    clock.advance(20_000);
    sandbox.fail({ fault: { type: "html" } });
    expect(await settled(clock, provider.health())).toMatchObject([{ status: "down" }]);
  });
});

describe("the limits of HubSpot", () => {
  it("are kept by calls that come at once", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const ids = sandbox.world.seed(
      "contacts",
      Array.from({ length: 300 }, () => ({ firstname: "A" })),
    );
    const records = await settled(clock, Promise.all(ids.map((id) => provider.get("contact", id))));
    expect(records.every((record) => record !== undefined)).toBe(true);
    expect(sandbox.rateBreaches).toBe(0);
  });

  it.each([
    ["ten seconds, by its policy", { policyName: "TEN_SECONDLY_ROLLING" }, {}, 10_000],
    ["a second, by its text alone", { message: "You have reached your secondly limit." }, {}, 1_000],
    ["a second, by its policy", { policyName: "SECONDLY" }, {}, 1_000],
    ["what its header says", { policyName: "TEN_SECONDLY_ROLLING" }, { "retry-after": "3" }, 3_000],
  ])("are waited for: %s", async (_, body, headers, waitMs) => {
    const { provider, sandbox, clock } = hubspotSetup();
    sandbox.fail({ fault: { type: "status", status: 429, body: { status: "error", ...body }, headers } });
    const startMs = clock.now();
    await settled(clock, provider.get("contact", "501"));
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(waitMs);
    expect(clock.now() - startMs).toBeLessThan(waitMs + 3_000);
  });

  it("of the day park the work until the account's midnight before it is refused", async () => {
    const { provider, sandbox, clock } = hubspotSetup(
      { timeZone: "America/New_York" },
      { rates: { daily: 2 } },
    );
    await provider.get("contact", "501");
    await provider.get("contact", "501");
    const parked = (error: { readonly facts: { readonly retryAfterMs: number } }) => {
      expect(error).toMatchObject({ code: "service.rate_limited", replay: "safe" });
      // Those who wait are spread out a little beyond it.
      expect(error.facts.retryAfterMs / HOUR_MS).toBeGreaterThanOrEqual(18.99);
      expect(error.facts.retryAfterMs / HOUR_MS).toBeLessThan(21);
    };
    await settled(
      clock,
      provider.get("contact", "501").then(() => expect.unreachable(), parked),
    );
    await settled(
      clock,
      provider.lookup({ kind: "deal", name: "x" }).then(() => expect.unreachable(), parked),
    );
    expect(sandbox.rateBreaches).toBe(0);
  });

  it("of the day, told by a refusal alone, park the work as well", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const body = { status: "error", message: "You have reached your daily limit.", policyName: "DAILY" };
    sandbox.fail({ fault: { type: "status", status: 429, body } });
    await expect(settled(clock, provider.get("contact", "501"))).rejects.toMatchObject({
      code: "service.quota_exhausted",
      facts: { vendorCode: "DAILY", retryAfterMs: 14 * HOUR_MS },
    });
    const sent = sandbox.calls.length;
    await expect(settled(clock, provider.lookup({ kind: "deal", name: "x" }))).rejects.toMatchObject({
      code: "service.rate_limited",
    });
    expect(sandbox.calls).toHaveLength(sent);
  });

  it("end at the account's midnight", () => {
    const at = Date.parse("2026-11-01T10:00:00Z");
    expect(untilMidnight(at, "UTC")).toBe(14 * HOUR_MS);
    expect(untilMidnight(at, "Asia/Tokyo")).toBe(5 * HOUR_MS);
  });
});

describe("failures of HubSpot", () => {
  it.each([
    [423, {}, 2_000],
    [423, { "retry-after": "5" }, 5_000],
    [477, { "retry-after": "30" }, 30_000],
  ])("that pass are waited for: %i %j", async (status, headers, waitMs) => {
    const { provider, sandbox, clock } = hubspotSetup();
    sandbox.fail({ fault: { type: "status", status, headers } });
    const startMs = clock.now();
    // nothing was done, so that even a create may be made again
    const made = await settled(clock, provider.create({ kind: "contact", fields: { firstName: "Ada" } }));
    expect(made.fields).toEqual({ firstName: "Ada" });
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(waitMs);
    expect(sandbox.world.standing("contacts")).toHaveLength(1);
  });

  it("that last for a day are told, with how long", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    sandbox.fail({ fault: { type: "status", status: 477, headers: { "retry-after": "86400" } } });
    await expect(settled(clock, provider.get("contact", "501"))).rejects.toMatchObject({
      facts: { status: 477, retryAfterMs: 24 * HOUR_MS },
    });
  });

  it.each([502, 503, 504, 521, 522, 523, 524])("of its network are tried again: %i", async (status) => {
    const { provider, sandbox, clock } = hubspotSetup();
    const id = sandbox.world.create("contacts", { firstname: "Ada" });
    sandbox.fail({ fault: { type: "status", status } });
    expect((await settled(clock, provider.get("contact", id)))?.id).toBe(id);
  });

  it("are of the credential where the token is none, or lacks a scope", async () => {
    const { sandbox, clock } = hubspotSetup();
    const malformed = hubspot({ token: "pat 1" }, { fetch: sandbox.fetch, clock });
    await expect(settled(clock, malformed.get("contact", "501"))).rejects.toMatchObject({
      code: "service.auth",
    });
    const { provider } = hubspotSetup({}, { withoutScope: ["deals"] });
    await expect(provider.get("deal", "701")).rejects.toMatchObject({
      code: "service.auth",
      facts: { status: 403, vendorCode: "MISSING_SCOPES" },
    });
  });
});

describe("hubspot by OAuth", () => {
  const connect = () => {
    const { clock } = hubspotSetup();
    const sandbox = hubspotSandbox({ clock });
    const { grants } = sandbox;
    const token = {
      accessToken: grants.issue(),
      refreshToken: grants.refreshToken,
      expiresAt: clock.now() + 1_800_000,
    };
    return { clock, sandbox, grants, token };
  };

  it("refreshes ahead of the end, once for all who ask", async () => {
    const { clock, sandbox, grants, token } = connect();
    const provider = hubspot({ oauth: sourceOf(sandbox, clock, token) }, { fetch: sandbox.fetch, clock });
    const id = sandbox.world.create("contacts", { firstname: "Ada" });
    clock.advance(29 * 60_000);

    const found = await settled(clock, Promise.all([1, 2, 3].map(() => provider.get("contact", id))));

    expect(found.map((record) => record?.id)).toEqual([id, id, id]);
    expect(grants.refreshes).toBe(1);
  });

  it("says that somebody has to connect again when the app was taken out", async () => {
    const { clock, sandbox, grants, token } = connect();
    const provider = hubspot({ oauth: sourceOf(sandbox, clock, token) }, { fetch: sandbox.fetch, clock });
    grants.revoke();
    clock.advance(HOUR_MS);
    await expect(settled(clock, provider.get("contact", "501"))).rejects.toMatchObject({
      code: "credential.refused",
      facts: { platform: "hubspot", problem: "revoked" },
    });
  });
});

function sourceOf(
  sandbox: ReturnType<typeof hubspotSandbox>,
  clock: ReturnType<typeof hubspotSetup>["clock"],
  token: { readonly accessToken: string; readonly refreshToken: string; readonly expiresAt: number },
) {
  return createTokenSource({
    platform: "hubspot",
    tokenUrl: "https://api.hubapi.com/oauth/v1/token",
    clientId: sandbox.grants.clientId,
    clientSecret: sandbox.grants.clientSecret,
    vault: memoryVault({ ...token, expiresAt: new Date(token.expiresAt).toISOString() }),
    fetch: sandbox.fetch,
    clock,
  });
}
