import type { CrmWebhookRequest } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hubspot } from "./hubspot.js";
import type { HubspotWebhookOptions } from "./hubspot-options.js";
import { eventOf, hubspotSetup, WEBHOOK_URL } from "./testing/hubspot-setup.js";
import { decodedUri, type SignatureVersion, verifySignature } from "./verify-signature.js";
import { webhookHints } from "./webhook-hints.js";

/** Of HubSpot's own libraries. */
const SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const URI = "https://www.example.com/webhook_uri";
const bytes = (text: string) => new TextEncoder().encode(text);

interface Vector {
  readonly version: SignatureVersion;
  readonly method: string;
  readonly body: string;
  readonly signature: string;
  readonly stamp?: string;
}

const EVENT_BODY =
  '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation",' +
  '"attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]';

const VECTORS: readonly Vector[] = [
  {
    version: "v1",
    method: "POST",
    body: EVENT_BODY,
    signature: "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de",
  },
  {
    version: "v2",
    method: "GET",
    body: "",
    signature: "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e",
  },
  {
    version: "v2",
    method: "POST",
    body: '{"example_field":"example_value"}',
    signature: "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
  },
  {
    version: "v3",
    method: "POST",
    body: "{'example_field':'example_value'}",
    stamp: "1693657560000",
    signature: "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
  },
  {
    version: "v3",
    method: "POST",
    body: "{'example_field':'example_value'}",
    stamp: "1700000300000",
    signature: "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=",
  },
];

function requestOf({ version, method, body, signature, stamp }: Vector): CrmWebhookRequest {
  const headers =
    version === "v3"
      ? { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp }
      : { "x-hubspot-signature": signature, "x-hubspot-signature-version": version };
  return { method, url: URI, headers, rawBody: bytes(body) };
}

const rulesOf = ({ version, stamp }: Vector, nowMs = Number(stamp ?? 0)) => ({
  ...{ secrets: [SECRET], signatures: [version], toleranceMs: 300_000, nowMs },
});

const problemOf = (check: Promise<void>) =>
  check.then(
    () => "none",
    (error: { facts: { problem: string } }) => error.facts.problem,
  );

describe("signatures of HubSpot", () => {
  it.each(VECTORS)("accept the vector of $version $method $stamp", async (vector) => {
    await expect(verifySignature(requestOf(vector), rulesOf(vector))).resolves.toBe(undefined);
  });

  it("are refused with any one bit of the body changed", async () => {
    const vector = VECTORS.filter(({ body }) => body !== "");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...vector), fc.nat(), fc.nat({ max: 7 }), async (one, place, bit) => {
        const request = requestOf(one);
        const rawBody = new Uint8Array(request.rawBody);
        const at = place % rawBody.length;
        rawBody[at] = (rawBody[at] ?? 0) ^ (1 << bit);
        expect(await problemOf(verifySignature({ ...request, rawBody }, rulesOf(one)))).toBe("mismatch");
      }),
      { numRuns: 60 },
    );
  });

  it("hold for five minutes, both ways", async () => {
    const vector = VECTORS[3] as Vector;
    const at = Number(vector.stamp);
    const problem = (nowMs: number) => problemOf(verifySignature(requestOf(vector), rulesOf(vector, nowMs)));
    expect(await problem(at + 300_000)).toBe("none");
    expect(await problem(at + 300_001)).toBe("too-old");
    expect(await problem(at - 300_000)).toBe("none");
    expect(await problem(at - 300_001)).toBe("too-new");
  });

  it.each<[string, CrmWebhookRequest["headers"]]>([
    ["missing", {}],
    ["missing", { "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=" }],
    ["malformed", { "x-hubspot-signature-v3": "short", "x-hubspot-request-timestamp": "1" }],
    ["malformed", { "x-hubspot-signature-v3": "=".repeat(44), "x-hubspot-request-timestamp": "1" }],
    ["malformed", { "x-hubspot-signature-v3": `${"A".repeat(43)}=`, "x-hubspot-request-timestamp": "1.5" }],
    ["missing", { "x-hubspot-signature": "a".repeat(64), "x-hubspot-signature-version": "v1" }],
  ])("are %s: %j", async (problem, headers) => {
    const request = { method: "POST", url: URI, headers, rawBody: bytes("[]") };
    const rules = { secrets: [SECRET], signatures: ["v3"] as const, toleranceMs: 300_000, nowMs: 1 };
    expect(await problemOf(verifySignature(request, rules))).toBe(problem);
  });

  it("do not let a weaker one stand in where there is one with a time", async () => {
    const [weak, strong] = [VECTORS[0] as Vector, VECTORS[3] as Vector];
    const headers = { ...requestOf(weak).headers, ...requestOf(strong).headers };
    const request = { ...requestOf(weak), headers };
    const check = verifySignature(request, { ...rulesOf(strong), signatures: ["v1", "v3"] });
    expect(await problemOf(check)).toBe("mismatch");
  });

  it("decode what HubSpot decodes, and nothing else", () => {
    expect(decodedUri("https://a.example/x%2Fy?q=%40%3a%24%20%26%25#")).toBe(
      "https://a.example/x/y?q=@:$%20%26%25#",
    );
  });
});

describe("verifyWebhook", () => {
  const adapter = (webhook: Partial<HubspotWebhookOptions>) => {
    const setup = hubspotSetup();
    const { clock } = setup;
    const options = { secret: SECRET, ...webhook };
    return { ...setup, provider: hubspot({ token: "pat-1" }, { clock, webhook: options }) };
  };
  const signed = async (
    { sandbox }: ReturnType<typeof adapter>,
    events: Parameters<typeof sandbox.signedWebhook>[0],
    secret = SECRET,
  ): Promise<CrmWebhookRequest> => {
    const { body, headers } = await sandbox.signedWebhook(events, { url: WEBHOOK_URL, secret });
    return { method: "POST", url: WEBHOOK_URL, headers, rawBody: bytes(body) };
  };

  it("takes either secret while one takes the place of another", async () => {
    const setup = adapter({ secret: ["old", () => Promise.resolve("new")] });
    for (const secret of ["old", "new"]) {
      const request = await signed(setup, [eventOf({ type: "contacts", id: "7" }, "created", 1)], secret);
      expect(await setup.provider.verifyWebhook(request)).toMatchObject([{ kind: "contact", id: "7" }]);
    }
  });

  it("passes over events of other accounts", async () => {
    const setup = adapter({ portalId: 99 });
    const event = eventOf({ type: "contacts", id: "7" }, "created", 1);
    const request = await signed(setup, [event, { ...event, portalId: 99, objectId: 8 }]);
    expect((await setup.provider.verifyWebhook(request)).map(({ id }) => id)).toEqual(["8"]);
  });

  it.each([["{}"], ["no json"], [""]])(
    "refuses a signed body that is no list of events: %j",
    async (body) => {
      const setup = adapter({});
      const { headers } = await setup.sandbox.signedWebhook([], { url: WEBHOOK_URL, secret: SECRET });
      const stamp = String(setup.clock.now());
      const key = await crypto.subtle.importKey(
        "raw",
        bytes(SECRET),
        { name: "HMAC", hash: "SHA-256" },
        false,
        ["sign"],
      );
      const mac = await crypto.subtle.sign("HMAC", key, bytes(`POST${WEBHOOK_URL}${body}${stamp}`));
      const signature = btoa(String.fromCharCode(...new Uint8Array(mac)));
      const request = {
        ...{ method: "POST", url: WEBHOOK_URL, rawBody: bytes(body) },
        headers: { ...headers, "x-hubspot-signature-v3": signature },
      };
      await expect(setup.provider.verifyWebhook(request)).rejects.toMatchObject({
        ...{ code: "crm.webhook_refused", facts: { problem: "malformed" } },
      });
    },
  );

  it("refuses a body that is too large before it looks at it", async () => {
    const setup = adapter({ maxBytes: 10 });
    const request = await signed(setup, [eventOf({ type: "contacts", id: "7" }, "created", 1)]);
    await expect(setup.provider.verifyWebhook(request)).rejects.toMatchObject({
      facts: { problem: "too-large" },
    });
  });

  it("can't check without a secret", async () => {
    const { sandbox } = hubspotSetup();
    const provider = hubspot({ token: "pat-1" });
    const { body, headers } = await sandbox.signedWebhook([], { url: WEBHOOK_URL });
    const request = { method: "POST", url: WEBHOOK_URL, headers, rawBody: bytes(body) };
    await expect(provider.verifyWebhook(request)).rejects.toMatchObject({ code: "crm.unsupported" });
    expect(provider.capabilities.webhooks).toBe("none");
  });

  it("reads what the sandbox sends, repeated and in any order, as the same hints", async () => {
    const seen: { readonly key: string; readonly id: string; readonly action: string }[] = [];
    const { provider, sandbox } = hubspotSetup(
      {},
      {
        webhooks: {
          url: WEBHOOK_URL,
          repeatShare: 1,
          disordered: true,
          fetch: async (url, init) => {
            const headers = Object.fromEntries(new Headers(init?.headers));
            const request = { method: "POST", url: String(url), headers, rawBody: bytes(String(init?.body)) };
            seen.push(...(await provider.verifyWebhook(request)));
            return new Response(null, { status: 204 });
          },
        },
      },
    );
    const a = sandbox.world.create("contacts", { email: "a@example.com", jobtitle: "CTO" });
    const b = sandbox.world.create("contacts", { email: "b@example.com" });
    const merged = sandbox.world.merge("contacts", a, b);
    await sandbox.deliverWebhooks();

    const once = new Map(seen.map((hint) => [hint.key, hint]));
    expect(seen.length).toBe(2 * once.size);
    expect([...once.values()].filter(({ action }) => action === "merged")).toMatchObject([
      { id: a, mergedInto: merged },
      { id: b, mergedInto: merged },
    ]);
    expect([...once.values()].filter(({ id }) => id === a).map(({ action }) => action)).toEqual([
      ...["created", "updated", "updated", "merged"],
    ]);
  });
});

describe("webhookHints", () => {
  const base = { eventId: 1, portalId: 1, occurredAt: 5, objectId: 7 };

  it("tells events apart that share an id, and takes equal ones for one", () => {
    const event = { ...base, subscriptionType: "contact.propertyChange", propertyName: "a" };
    const hints = webhookHints(
      [event, event, { ...event, propertyName: "b" }, { ...event, occurredAt: 4 }],
      undefined,
    );
    expect(hints.map(({ at }) => at)).toEqual(["4", "5", "5"]);
  });

  it.each([
    ["contact.privacyDeletion", undefined, "contact", "7", "removed"],
    ["deal.restore", undefined, "deal", "7", "created"],
    ["company.associationChange", undefined, "company", "7", "updated"],
    ["object.creation", "0-27", "activity", "task-7", "created"],
    ["object.deletion", "0-2", "company", "7", "removed"],
  ])("reads %s", (subscriptionType, objectTypeId, kind, id, action) => {
    expect(webhookHints([{ ...base, subscriptionType, objectTypeId }], undefined)).toMatchObject([
      { kind, id, action },
    ]);
  });

  it.each([
    [{ ...base, subscriptionType: "ticket.creation" }],
    [{ ...base, subscriptionType: "contact.somethingNew" }],
    [{ ...base, subscriptionType: "object.creation", objectTypeId: "2-99" }],
    [{ ...base, subscriptionType: "contact.creation", objectId: "../x" }],
    [null],
    ["text"],
  ])("passes over %j", (event) => {
    expect(webhookHints([event], undefined)).toEqual([]);
  });
});
