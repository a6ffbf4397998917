import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { openSales } from "../testing/open-sales.js";

type App = ReturnType<typeof openSales>;
type Signed = Awaited<ReturnType<App["world"]["webhook"]>>;

const send = (app: App, signed: Signed, path = "/webhooks/acme/close") =>
  app.ask(path, {
    as: "",
    headers: { ...(signed.headers as Record<string, string>), "x-request-id": "r1" },
    body: new Uint8Array(signed.rawBody),
  });

const signedBy = (app: App, options = {}) =>
  app.world.webhook({ kind: "contact", id: "c1", action: "updated" }, options);

/** All that an outsider sees of an answer. */
const seen = async (response: Response) => [
  response.status,
  Object.fromEntries(response.headers),
  await response.text(),
];

describe("a webhook", () => {
  it("with its CRM's signature is kept, once, and worked on later", async () => {
    const app = openSales();
    const signed = await signedBy(app);
    const responses = [await send(app, signed), await send(app, signed)];
    expect(responses.map(({ status }) => status)).toEqual([204, 204]);
    const { items } = await app.storage.tenant("acme").inbox.list();
    expect(items).toMatchObject([{ source: "close", status: "received" }]);
    expect(await app.sales.jobs?.counts()).toMatchObject([{ queue: "crm-sync", waiting: 1 }]);
  });

  it("is refused the same for a wrong signature, a wrong tenant and a wrong connection", async () => {
    const app = openSales({ webhooks: { accepts: (tenant) => tenant !== "nobody" } });
    const [sound, forged] = [await signedBy(app), await signedBy(app, { wrongSecret: true })];
    const unsigned = { ...sound, headers: {} };
    const answers = await Promise.all(
      [
        send(app, forged),
        send(app, unsigned),
        send(app, sound, "/webhooks/nobody/close"),
        send(app, sound, "/webhooks/acme/hubspot"),
        send(app, sound, `/webhooks/${"x".repeat(201)}/close`),
        send(app, sound, "/webhooks/a%00b/close"),
        send(openSales({ app: { crm: {} } }), sound),
      ].map(async (response) => seen(await response)),
    );
    expect(answers[0]?.[0]).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(app.faults).toEqual([]);
  });

  it("that is refused is on the audit trail of the tenant that it was for", async () => {
    const app = openSales();
    await app.soon(app.sales.sync?.tenant("acme").run("close").result() ?? Promise.reject());
    await send(app, await signedBy(app, { wrongSecret: true }));
    const { items } = await app.storage.tenant("acme").audit.list({ action: "webhook-refused" });
    expect(items).toMatchObject([{ subject: "connection:close", facts: { problem: "mismatch" } }]);
    expect((await app.storage.tenant("acme").inbox.list()).items).toEqual([]);
  });

  it("that is refused is counted, without the names that outsiders make up", async () => {
    const app = openSales({
      ...{ metrics: { operators: "all", tenantLabels: true } },
      webhooks: { accepts: (tenant) => tenant !== "nobody" },
    });
    const forged = await signedBy(app, { wrongSecret: true });
    await app.soon(app.sales.sync?.tenant("acme").run("close").result() ?? Promise.reject());
    await send(app, forged);
    for (let index = 0; index < 3; index += 1) await send(app, forged, `/webhooks/made-up-${index}/close`);
    await send(app, forged, "/webhooks/nobody/close");
    await send(app, forged, "/webhooks/acme/made-up");

    const text = await (await app.ask("/metrics")).text();
    const refused = text.split("\n").filter((line) => line.startsWith("salesagent_webhooks_refused_total"));
    expect(refused.map((line) => line.replace("salesagent_webhooks_refused_total", ""))).toEqual([
      '{tenant="acme",connection="close",problem="mismatch"} 1',
      '{tenant="unknown",connection="unknown",problem="mismatch"} 3',
      '{tenant="unknown",connection="unknown",problem="no-connection"} 2',
    ]);
    expect(text).not.toContain("made-up");
    expect((await app.storage.tenant("made-up-0").audit.list()).items).toEqual([]);
  });

  it("is refused alike where the tenant has no credential, and the host hears of it", async () => {
    const app = openSales({
      connection: { provider: () => Promise.reject(new Error("no credential of this tenant")) },
    });
    const known = openSales();
    const refused = await seen(await send(app, await signedBy(app)));
    expect(refused).toEqual(await seen(await send(known, await signedBy(known, { wrongSecret: true }))));
    expect(app.faults).toMatchObject([{ message: "no credential of this tenant" }]);
  });

  it("is to be sent again where the storage is away", async () => {
    const away = new SalesAgentError("store.unavailable", {
      ...{ message: "The database does not answer.", facts: { store: "credentials" }, replay: "safe" },
    });
    const app = openSales({ connection: { provider: () => Promise.reject(away) } });
    expect((await send(app, await signedBy(app))).status).toBe(503);
  });

  it("that is too large is cut before it is looked at, whomever it is for", async () => {
    const app = openSales();
    const body = new Uint8Array(5 * 1024 * 1024 + 1);
    for (const path of ["/webhooks/acme/close", "/webhooks/nobody/close"]) {
      expect((await app.ask(path, { as: "", body })).status).toBe(413);
    }
    expect((await app.storage.tenant("acme").audit.list()).items).toEqual([]);
  });

  it("is checked against the address that the CRM was told", async () => {
    const seenUrls: string[] = [];
    const provider = {
      ...openSales().sales,
      provider: "close",
      async verifyWebhook({ url }: { readonly url: string }) {
        seenUrls.push(url);
        return [];
      },
    };
    const app = openSales({
      ...{ prefix: "/sales", webhooks: { origin: "https://public.example.com" } },
      connection: { provider: provider as never },
    });
    await app.ask("/sales/webhooks/acme/close?portal=1", { as: "", body: "{}" });
    expect(seenUrls).toEqual(["https://public.example.com/sales/webhooks/acme/close?portal=1"]);
  });
});
