import { createTokenSource, memoryVault } from "@salesagent/core/http";
import { describe, expect, it } from "vitest";
import { hubspotSetup } from "./testing/hubspot-setup.js";
import { drain } from "./testing/settled.js";

const SINCE = { since: "2026-11-01T00:00:00Z" };
const DAY_MS = 86_400_000;

/** An adapter that reads the journal of one account. */
function journalSetup(portalId = 62_515) {
  const plain = hubspotSetup();
  const { clock, sandbox } = plain;
  const oauth = createTokenSource({
    platform: "hubspot",
    tokenUrl: "https://api.hubapi.com/oauth/v1/token",
    clientId: sandbox.grants.clientId,
    clientSecret: sandbox.grants.clientSecret,
    grant: { grant_type: "client_credentials", scope: "developer.webhooks_journal.read" },
    vault: memoryVault(),
    fetch: sandbox.fetch,
    clock,
  });
  const { provider } = hubspotSetup({ fetch: sandbox.fetch, clock, journal: { oauth, portalId } });
  return { provider, sandbox, clock };
}

describe("changes by the journal", () => {
  it("bring each record as it stands, and what was removed and merged", async () => {
    const { provider, sandbox, clock } = journalSetup();
    const [a = "", b = "", c = "", d = ""] = ["a", "b", "c", "d"].map((name) =>
      sandbox.world.create("companies", { name }),
    );
    sandbox.world.edit("companies", a, { name: "A" });
    sandbox.world.archive("companies", b);
    const merged = sandbox.world.merge("companies", c, d);
    sandbox.world.create("contacts", { email: "not.asked@example.com" });

    const { records, removed } = await drain(clock, provider, "company", SINCE);

    expect(records.map(({ id, fields }) => [id, fields])).toEqual([
      [a, { name: "A" }],
      [merged, { name: "c" }],
    ]);
    expect(removed).toEqual([
      { kind: "company", id: b, at: "2026-11-01T10:00:00Z" },
      { kind: "company", id: c, mergedInto: merged },
      { kind: "company", id: d, mergedInto: merged },
    ]);
  });

  it("go on from the cursor of every page, and send no credential to the files", async () => {
    const { provider, sandbox, clock } = journalSetup();
    const ids = Array.from({ length: 250 }, (_, at) =>
      sandbox.world.create("contacts", { email: `p${at}@example.com` }),
    );
    const { pages } = await drain(clock, provider, "contact", SINCE);
    expect(pages.length).toBeGreaterThan(2);
    for (const [at, { cursor }] of pages.entries()) {
      const rest = await drain(clock, provider, "contact", { cursor });
      const told = [...pages.slice(0, at + 1).flatMap(({ records }) => records), ...rest.records];
      expect(new Set(told.map(({ id }) => id))).toEqual(new Set(ids));
    }
    expect(sandbox.calls.some(({ path }) => path.endsWith("/search"))).toBe(false);
  });

  it("go on by searches where the journal has lost the place", async () => {
    const { provider, sandbox, clock } = journalSetup();
    sandbox.world.create("contacts", { email: "before@example.com" });
    const { cursor } = await drain(clock, provider, "contact", SINCE);
    clock.advance(DAY_MS);
    const id = sandbox.world.create("contacts", { email: "after@example.com" });
    clock.advance(4 * DAY_MS);

    const { records } = await drain(clock, provider, "contact", { cursor });

    expect(records.map((record) => record.id)).toContain(id);
    expect(sandbox.calls.some(({ path }) => path.endsWith("/search"))).toBe(true);
  });

  it("are of one account only", async () => {
    const { provider, sandbox, clock } = journalSetup(99);
    sandbox.world.create("contacts", { email: "other@example.com" });
    expect((await drain(clock, provider, "contact", SINCE)).records).toEqual([]);
  });
});
