import { signClose } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { close } from "./index.js";
import { closeScene, SIGNATURE_KEY } from "./testing/close-setup.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const request = (headers: Record<string, string>, body: string) => ({
  method: "POST",
  url: "https://app.test/hook",
  headers,
  rawBody: bytes(body),
});

/** A provider whose clock stands at an instant. */
function providerAt(nowMs: number, signatureKeys: string | readonly string[] = SIGNATURE_KEY) {
  const clock = { now: () => nowMs, elapsed: () => 0, schedule: () => ({ cancel() {} }) };
  return close({ apiKey: "api_x" }, { clock, webhook: { signatureKeys } });
}

async function signed(event: object, nowMs: number) {
  const body = JSON.stringify({ event, subscription_id: "whsub_1" });
  return request(await signClose(SIGNATURE_KEY, body, nowMs), body);
}

describe("a signature", () => {
  const atMs = 1_544_271_440_000;
  const vector = request(
    {
      "close-sig-timestamp": "1544271440",
      "close-sig-hash": "dc22b21eb0165bb3268a60185070dfbd49ecfe13fa2862855d2d73597c8a474d",
    },
    '{"id":1}',
  );

  it("is the one of the known vector: what is signed is read, and is no event", async () => {
    await expect(providerAt(atMs).verifyWebhook(vector)).rejects.toMatchObject({
      facts: { problem: "malformed" },
    });
    const altered = { ...vector, rawBody: bytes('{"id":2}') };
    await expect(providerAt(atMs).verifyWebhook(altered)).rejects.toMatchObject({
      code: "crm.webhook_refused",
      facts: { problem: "mismatch" },
    });
  });

  it("of a key that was not decoded is refused", async () => {
    const key = await crypto.subtle.importKey(
      "raw",
      bytes(SIGNATURE_KEY),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes('1544271440{"id":1}')));
    const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const wrong = { ...vector, headers: { ...vector.headers, "close-sig-hash": hex } };

    await expect(providerAt(atMs).verifyWebhook(wrong)).rejects.toMatchObject({
      facts: { problem: "mismatch" },
    });
  });

  it.each([
    [{ "close-sig-timestamp": "soon" }, "malformed"],
    [{ "close-sig-hash": "abc" }, "malformed"],
    [{ "close-sig-hash": undefined }, "missing"],
    [{ "close-sig-timestamp": undefined }, "missing"],
  ])("with %j is refused as %s", async (headers, problem) => {
    const wrong = { ...vector, headers: { ...vector.headers, ...headers } };

    await expect(providerAt(atMs).verifyWebhook(wrong)).rejects.toMatchObject({ facts: { problem } });
  });

  it.each([
    [300_000, "malformed"],
    [301_000, "too-old"],
    [-300_000, "malformed"],
    [-301_000, "too-new"],
  ])("%d ms off by our clock ends as %s", async (offMs, problem) => {
    await expect(providerAt(atMs + offMs).verifyWebhook(vector)).rejects.toMatchObject({
      facts: { problem },
    });
  });

  it("may be of any of several subscriptions", async () => {
    const provider = providerAt(atMs, ["00ff", SIGNATURE_KEY]);

    await expect(provider.verifyWebhook(vector)).rejects.toMatchObject({ facts: { problem: "malformed" } });
    await expect(providerAt(atMs, ["00ff"]).verifyWebhook(vector)).rejects.toMatchObject({
      facts: { problem: "mismatch" },
    });
    await expect(providerAt(atMs, "not hexadecimal").verifyWebhook(vector)).rejects.toThrow(/signatureKeys/);
  });

  it("of a body that is too large is not read", async () => {
    const { provider } = closeScene({}, { webhook: { signatureKeys: SIGNATURE_KEY, maxBodyBytes: 4 } });

    await expect(provider.verifyWebhook(vector)).rejects.toMatchObject({ facts: { problem: "too-large" } });
  });

  it("can't be checked without keys", async () => {
    await expect(close({ apiKey: "api_x" }).verifyWebhook(vector)).rejects.toMatchObject({
      code: "crm.unsupported",
    });
  });
});

describe("a hint", () => {
  const nowMs = 1_793_527_200_000;
  const event = {
    id: "ev_1",
    date_updated: "2026-11-01T10:00:04.001000",
    action: "deleted",
    object_type: "lead",
    object_id: "lead_A",
    meta: {},
  };
  const hints = async (changes: object) =>
    providerAt(nowMs).verifyWebhook(await signed({ ...event, ...changes }, nowMs));

  it.each([
    [{ object_type: "contact", object_id: "cont_A", action: "created" }, "contact", "created"],
    [{ object_type: "opportunity", object_id: "oppo_A", action: "updated" }, "deal", "updated"],
    [{ object_type: "activity.note", object_id: "acti_A", action: "created" }, "activity", "created"],
    [{ object_type: "task.lead", object_id: "task_A", action: "completed" }, "activity", "updated"],
    [{}, "company", "removed"],
  ])("of %j is about a %s that was %s", async (changes, kind, action) => {
    const [hint] = await hints(changes);

    expect(hint).toMatchObject({ kind, action, at: event.date_updated, key: `ev_1/${event.date_updated}` });
  });

  it.each([
    { action: "merged", object_id: "lead_B" },
    { action: "deleted", object_id: "lead_A" },
  ])("of a merge names the lead that went, and where: %j", async (changes) => {
    const meta = { merge_source_lead_id: "lead_A", merge_destination_lead_id: "lead_B" };

    expect(await hints({ ...changes, meta })).toMatchObject([
      { kind: "company", id: "lead_A", action: "merged", mergedInto: "lead_B" },
    ]);
  });

  it("is not given for what isn't kept in step", async () => {
    expect(await hints({ object_type: "saved_search" })).toEqual([]);
  });

  it("comes with what the sandbox delivers, and reading by it finds the record", async () => {
    const received: Request[] = [];
    const { sandbox, provider, clock } = closeScene(
      {
        webhooks: {
          fetch: async (input, init) => {
            received.push(new Request(input, init));
            return new Response(null, { status: 200 });
          },
        },
      },
      { webhook: { signatureKeys: () => keys } },
    );
    const keys: string[] = [];
    const subscription = await provider.webhooks.create({ url: "https://app.test/hook", kinds: ["contact"] });
    keys.push(subscription.signatureKey ?? "");
    const { id } = await sandbox.act("POST", "/contact/", { name: "Ada" });
    await sandbox.webhooks.deliver();
    const [delivery] = received;

    const found = await provider.verifyWebhook({
      method: "POST",
      url: delivery?.url ?? "",
      headers: Object.fromEntries(delivery?.headers ?? []),
      rawBody: new Uint8Array((await delivery?.arrayBuffer()) ?? []),
    });

    expect(found).toMatchObject([{ kind: "contact", id, action: "created" }]);
    expect(clock.pending).toBe(0);
  });
});

describe("subscriptions", () => {
  it("are noticed when Close paused them, and start again", async () => {
    const { sandbox, provider } = closeScene({ webhooks: { maxBacklog: 1 } });
    const made = await provider.webhooks.create({ url: "https://app.test/hook" });
    const well = { name: "close", status: "ok" };
    expect(await provider.health()).toMatchObject([well, { name: "close/webhooks", status: "ok" }]);

    await sandbox.act("POST", "/contact/", { name: "A" });
    await sandbox.act("POST", "/contact/", { name: "B" });

    expect(await provider.health()).toMatchObject([
      well,
      { name: "close/webhooks", status: "degraded", note: expect.stringContaining(made.id) },
    ]);
    expect((await provider.health())[1]?.note).toContain("webhooks.reactivate");
    expect(await provider.webhooks.get(made.id)).toEqual({ id: made.id, url: made.url, status: "paused" });
    expect(await provider.webhooks.reactivate(made.id)).toMatchObject({ status: "active" });
    expect(await provider.health()).toMatchObject([well, { name: "close/webhooks", status: "ok" }]);
    await provider.webhooks.remove(made.id);
    await provider.webhooks.remove(made.id);
    expect(await provider.webhooks.list()).toEqual([]);
    await expect(provider.webhooks.reactivate(made.id)).rejects.toMatchObject({ code: "crm.unsupported" });
  });
});
