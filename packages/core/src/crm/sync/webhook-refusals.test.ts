import { setImmediate } from "node:timers/promises";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { CrmConnection } from "./connection.js";
import { openApp } from "./testing/open-app.js";

/** An app whose acme synced before, and what is refused of it. */
async function openRefusing(connection: Partial<CrmConnection> = {}) {
  const app = openApp({}, connection);
  const { crmSync, world, storage, events, sync } = app;
  const told: { readonly tenant: string; readonly known: boolean; readonly problem: string }[] = [];
  events.on("webhook-refused", (event) => told.push(event));
  await sync.run("close").result();
  const forged = await world.webhook({ kind: "contact", id: "c1", action: "updated" }, { wrongSecret: true });
  const send = (tenant: string, request = forged) =>
    crmSync
      .tenant(tenant)
      .receiveWebhook("close", request)
      .then(
        () => "taken",
        (error: unknown) => (SalesAgentError.is(error) ? error.code : error),
      );
  const flood = (tenant: string, requests: number) =>
    Promise.all(Array.from({ length: requests }, () => send(tenant)));
  const trail = async (tenant = "acme") => (await storage.tenant(tenant).audit.list()).items;
  const passMinute = async () => {
    app.clock.advance(60_000);
    await setImmediate();
  };
  return { ...app, told, forged, send, flood, trail, passMinute };
}

describe("webhooks that are refused", () => {
  it("have ten rows a minute on the audit trail, and one more that counts the rest by what was wrong", async () => {
    const { flood, send, forged, trail, passMinute, clock } = await openRefusing();
    const since = new Date(clock.now()).toISOString();
    expect(new Set(await flood("acme", 200))).toEqual(new Set(["crm.webhook_refused"]));
    await send("acme", { ...forged, rawBody: new Uint8Array(6 * 1024 * 1024) });
    expect((await trail()).map(({ action }) => action)).toEqual(Array(10).fill("webhook-refused"));

    await passMinute();
    expect((await trail()).slice(10)).toMatchObject([
      {
        ...{ action: "webhooks-refused", actor: "webhook", subject: "connection:close" },
        facts: { count: 191, since, problems: { mismatch: 190, "too-large": 1 } },
      },
    ]);
    await passMinute();
    expect(await trail()).toHaveLength(11);

    await flood("acme", 12);
    await passMinute();
    expect((await trail()).slice(11)).toHaveLength(11);
    expect((await trail()).at(-1)).toMatchObject({ facts: { count: 2 } });
  });

  it("have nothing in the storage where their tenants never synced, and are told to the bus", async () => {
    const { flood, send, trail, passMinute, told } = await openRefusing({ shared: true });
    const madeUp = Array.from({ length: 30 }, (_, index) => `made-up-${index}`);
    for (const tenant of madeUp) expect(await send(tenant)).toBe("crm.webhook_refused");
    await flood("nobody", 30);
    await passMinute();
    for (const tenant of [...madeUp, "nobody"]) expect(await trail(tenant)).toEqual([]);
    expect(told).toHaveLength(60);
    expect(told[0]).toMatchObject({ tenant: "made-up-0", problem: "mismatch", known: false });

    await send("acme");
    expect(told.at(-1)).toMatchObject({ tenant: "acme", known: true });
  });

  it("are counted in the next minute where the storage was away at the end of one", async () => {
    const { flood, trail, passMinute, acme } = await openRefusing();
    await flood("acme", 15);
    const { addMany } = acme.audit;
    let tries = 0;
    acme.audit.addMany = async () => {
      tries += 1;
      throw new Error("away");
    };
    await passMinute();
    expect(tries).toBe(1);
    acme.audit.addMany = addMany;
    await passMinute();
    expect((await trail()).slice(10)).toMatchObject([{ action: "webhooks-refused", facts: { count: 5 } }]);
  });
});
