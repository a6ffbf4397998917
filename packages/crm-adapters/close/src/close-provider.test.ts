import { createRateBudget, createTokenSource, memoryVault } from "@salesagent/core/http";
import { closeSandbox, createManualClock } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { CLOSE_OAUTH, type CloseCredential, type CloseOptions, close } from "./index.js";
import { closeScene } from "./testing/close-setup.js";

describe("options", () => {
  it.each<[CloseOptions, RegExp]>([
    [{ pageSize: 0 }, /close\.pageSize .* got 0/],
    [{ pageSize: 201 }, /close\.pageSize/],
    [{ indexLagMs: -1 }, /close\.indexLagMs/],
    [{ overlapMs: 5 }, /close\.overlapMs/],
    [{ mapping: { contact: { tier: { field: "Tier", type: "text" } } } }, /mapping\.contact\.tier\.field/],
    [{ baseUrl: "ftp://close" }, /baseUrl/],
  ])("refuse %j", (options, problem) => {
    expect(() => close({ apiKey: "api_x" }, options)).toThrow(problem);
  });

  it("name a type that isn't there, and a credential that is none", () => {
    const options: CloseOptions = JSON.parse(
      '{"mapping":{"contact":{"tier":{"field":"cf_a","type":"colour"}}}}',
    );

    expect(() => close({ apiKey: "api_x" }, options)).toThrow(/tier\.type/);
    expect(() => close({} as CloseCredential)).toThrow(/apiKey/);
  });
});

it("tells which custom fields it maps", () => {
  const mapping = { contact: { tier: { field: "cf_a", type: "text" } } } as const;
  const { kinds } = close({ apiKey: "api_x" }, { mapping }).capabilities;

  const told = Object.entries(kinds).map(([kind, { customFields }]) => [kind, customFields]);
  expect(Object.fromEntries(told)).toEqual({ contact: ["tier"], company: [], deal: [], activity: [] });
});

describe("failures", () => {
  it("of a dead key say so, without the key", async () => {
    const sandbox = closeSandbox({ clock: createManualClock() });
    const provider = close({ apiKey: "api_secret" }, { fetch: sandbox.fetch });

    const error = await provider.get("contact", "cont_A").catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "service.auth", facts: { status: 401 } });
    expect(JSON.stringify(error) + String(error)).not.toContain("api_secret");
    expect(await provider.health()).toMatchObject([{ name: "close", status: "down" }]);
  });

  it("of a network before Close are no refusal of the key", async () => {
    const { sandbox, provider } = closeScene({}, { retry: false });
    sandbox.fail({ fault: { type: "html", status: 403 } });

    await expect(provider.get("contact", "cont_A")).rejects.toMatchObject({ code: "service.unavailable" });
  });

  it("of a plan that is used up are a quota", async () => {
    const { sandbox, provider } = closeScene();
    sandbox.fail({ fault: { type: "status", status: 402, body: { error: "Plan limit" } } });

    await expect(provider.create({ kind: "company", fields: { name: "X" } })).rejects.toMatchObject({
      code: "service.quota_exhausted",
      replay: "safe",
    });
  });

  it("of a page that is no page are told", async () => {
    const { sandbox, provider } = closeScene({}, { retry: false });
    sandbox.fail({ fault: { type: "status", status: 200, body: { data: null } } });
    const pages = provider.list("contact")[Symbol.asyncIterator]();

    await expect(pages.next()).rejects.toMatchObject({ code: "service.malformed_response" });
  });
});

describe("paths", () => {
  it("can't be led elsewhere by an id", async () => {
    const { sandbox, provider } = closeScene();

    expect(await provider.get("contact", "../lead/lead_A")).toBeUndefined();
    expect(sandbox.calls.map(({ path }) => path)).toEqual(["/api/v1/contact/..%2Flead%2Flead_A/"]);
    await expect(provider.remove("contact", "")).rejects.toThrow(TypeError);
  });
});

describe("the schema", () => {
  it("tells own and custom fields with their types and choices", async () => {
    const { provider } = closeScene();

    expect(await provider.schema("contact")).toEqual(
      expect.arrayContaining([
        { name: "title", type: "text" },
        { name: "date_updated", type: "instant", readOnly: true },
        { name: "custom.cf_tier", label: "Tier", type: "choice", choices: ["gold", "silver"] },
      ]),
    );
    const stages = (await provider.schema("deal")).find(({ name }) => name === "status_id");
    expect(stages?.choices).toHaveLength(3);
  });
});

describe("two adapters with one budget", () => {
  it("stay within Close's limits", async () => {
    const clock = createManualClock();
    const sandbox = closeSandbox({ clock, rates: { windowMs: 8_000, general: 20, search: 4 } });
    const windows = [
      { name: "search", limit: 4, windowMs: 8_000, groups: ["POST data/search"] },
      { name: "contacts", limit: 20, windowMs: 8_000, groups: ["GET contact"] },
    ];
    const rateBudget = createRateBudget({ name: "close", windows, clock, bulkShare: 1 });
    const options = { clock, fetch: sandbox.fetch, rateBudget };
    const providers = [close({ apiKey: "api_sandbox" }, options), close({ apiKey: "api_sandbox" }, options)];
    const { id } = await sandbox.act("POST", "/contact/", { name: "Ada" });

    const calls = providers.flatMap((provider) =>
      Array.from({ length: 30 }, () => provider.get("contact", String(id), { priority: "bulk" })),
    );
    let settled = false;
    const all = Promise.all(calls).finally(() => {
      settled = true;
    });
    while (!settled) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(250);
    }

    expect((await all).every((record) => record?.id === id)).toBe(true);
    expect(sandbox.rateBreaches()).toBe(0);
  });
});

describe("an app's tokens", () => {
  it("are refreshed once for all who wait, and the new pair is kept before it is used", async () => {
    const clock = createManualClock();
    const sandbox = closeSandbox({ clock });
    const first = sandbox.oauth.issue();
    const vault = memoryVault({
      accessToken: first.access_token,
      refreshToken: first.refresh_token,
      obtainedAt: new Date(clock.now()).toISOString(),
      expiresAt: new Date(clock.now() + 3_600_000).toISOString(),
    });
    const oauth = createTokenSource({
      ...CLOSE_OAUTH,
      clientId: "oa2client_sandbox",
      clientSecret: "sandbox_secret",
      vault,
      clock,
      fetch: sandbox.fetch,
    });
    const provider = close({ oauth }, { clock, fetch: sandbox.fetch });
    clock.advance(3_600_000);

    const found = await Promise.all([1, 2, 3].map(() => provider.get("contact", "cont_A")));

    expect(found).toEqual([undefined, undefined, undefined]);
    expect([sandbox.oauth.refreshes, sandbox.oauth.refusals]).toEqual([1, 0]);
    expect((await vault.read())?.token.refreshToken).not.toBe(first.refresh_token);
  });
});
