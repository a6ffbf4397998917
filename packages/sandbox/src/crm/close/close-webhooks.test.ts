import { describe, expect, it } from "vitest";
import type { CloseSandboxOptions } from "./close-sandbox.js";
import { open } from "./testing/open-close.js";

describe("webhooks", () => {
  const subscribed = async (options: CloseSandboxOptions = {}) => {
    const received: { body: { event: { action: string } }; signature: string | null }[] = [];
    let status = 200;
    const world = open({
      ...options,
      webhooks: {
        ...options.webhooks,
        fetch: async (input, init) => {
          const request = new Request(input, init);
          received.push({
            body: JSON.parse(await request.text()),
            signature: request.headers.get("close-sig-hash"),
          });
          return new Response(null, { status });
        },
      },
    });
    const events = ["created", "updated", "deleted"].map((action) => ({ object_type: "contact", action }));
    const { body } = await world.ask("POST", "/webhook/", { url: "https://app.test/hook", events });
    return {
      ...world,
      received,
      subscription: body,
      answer: (next: number) => {
        status = next;
      },
    };
  };

  it("tells the key once, and holds updates back until they are consolidated", async () => {
    const { ask, clock, sandbox, received, subscription } = await subscribed();
    expect(subscription.signature_key).toMatch(/^[0-9a-f]{64}$/);
    expect((await ask("GET", `/webhook/${subscription.id}/`)).body).not.toHaveProperty("signature_key");
    const { id } = (await ask("POST", "/contact/", { name: "Ada" })).body;
    for (const title of ["CTO", "CEO"]) await ask("PUT", `/contact/${id}/`, { title });

    await sandbox.webhooks.deliver();
    expect(received.map(({ body }) => body.event.action)).toEqual(["created"]);
    clock.advance(61_000);
    await sandbox.webhooks.deliver();

    expect(received.map(({ body }) => body.event.action)).toEqual(["created", "updated"]);
    expect(received[1]?.body).toMatchObject({
      event: { data: { title: "CEO" } },
      subscription_id: subscription.id,
    });
    expect(received.every(({ signature }) => /^[0-9a-f]{64}$/.test(signature ?? ""))).toBe(true);
  });

  it("pauses and forgets at a full queue, and after three days of failures", async () => {
    const full = await subscribed({ webhooks: { maxBacklog: 2 } });
    for (const name of ["A", "B", "C"]) await full.ask("POST", "/contact/", { name });
    expect((await full.ask("GET", `/webhook/${full.subscription.id}/`)).body.status).toBe("paused");
    await full.ask("PUT", `/webhook/${full.subscription.id}/`, { status: "active" });
    await full.sandbox.webhooks.deliver();
    expect(full.received).toEqual([]);

    const failing = await subscribed();
    failing.answer(500);
    await failing.ask("POST", "/contact/", { name: "A" });
    await failing.sandbox.webhooks.deliver();
    failing.clock.advance(3 * 86_400_000);
    await failing.sandbox.webhooks.deliver();
    expect((await failing.ask("GET", `/webhook/${failing.subscription.id}/`)).body.status).toBe("paused");
  });

  it("allows 40 subscriptions", async () => {
    const { ask } = open();
    const make = () =>
      ask("POST", "/webhook/", {
        url: "https://a.test/",
        events: [{ object_type: "lead", action: "created" }],
      });
    for (let at = 0; at < 40; at++) expect((await make()).status).toBe(201);

    expect((await make()).status).toBe(400);
  });
});
