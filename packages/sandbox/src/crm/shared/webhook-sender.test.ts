import { expect, it } from "vitest";
import { createManualClock } from "./manual-clock.js";
import { createSeededIds } from "./seeded-ids.js";
import { WebhookSender, type WebhookSenderOptions } from "./webhook-sender.js";

function receiving(options: Partial<WebhookSenderOptions> = {}) {
  const received: { body: string; signature: string | null }[] = [];
  const refused = new Set<string>();
  const sender = new WebhookSender({
    clock: createManualClock(),
    random: createSeededIds("w").random,
    sign: async ({ body, attempt }) => ({ signature: `${body}#${attempt}` }),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const body = await request.text();
      if (refused.has(body)) return new Response(null, { status: 500 });
      received.push({ body, signature: request.headers.get("signature") });
      return new Response(null, { status: 204 });
    },
    ...options,
  });
  return { sender, received, refused };
}

it("signs and sends in order, and tries again what was not taken", async () => {
  const { sender, received, refused } = receiving();
  for (const body of ["1", "2", "3"]) sender.add("q", "http://app.test/hook", body);
  refused.add("2");

  expect((await sender.deliver()).map(({ status }) => status)).toEqual([204, 500, 204]);
  expect(sender.backlog("q")).toBe(1);
  refused.clear();
  await sender.deliver();

  expect(received.map(({ signature }) => signature)).toEqual(["1#1", "3#1", "2#2"]);
  expect(sender.backlog()).toBe(0);
});

it("repeats and disorders, and loses nothing", async () => {
  const { sender, received } = receiving({ repeatShare: 0.5, disordered: true });
  const bodies = Array.from({ length: 50 }, (_, at) => String(at));
  for (const body of bodies) sender.add("q", "http://app.test/hook", body);

  await sender.deliver();

  const seen = received.map(({ body }) => body);
  expect(seen.length).toBeGreaterThan(55);
  expect(new Set(seen)).toEqual(new Set(bodies));
  expect([...new Set(seen)]).not.toEqual(bodies);
});

it("keeps what a dead receiver missed, and drops a queue when told", async () => {
  const { sender } = receiving({ fetch: () => Promise.reject(new TypeError("fetch failed")) });
  sender.add("a", "http://app.test/hook", "1");
  sender.add("b", "http://app.test/hook", "2");

  expect(await sender.deliver()).toMatchObject([{ message: { body: "1" } }, { message: { body: "2" } }]);
  sender.drop("a");

  expect([sender.backlog("a"), sender.backlog("b")]).toEqual([0, 1]);
});
