import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "../resilience/circuit-breaker.js";
import { classifyServiceFailure } from "./service-breaker.js";
import type { ServiceCallEvent } from "./service-call-event.js";
import { createServiceClient } from "./service-client.js";
import type { ServiceClientOptions } from "./service-client-options.js";
import { failure, json, type Step, scriptedFetch, text } from "./testing/scripted-fetch.js";
import { settle } from "./testing/settle.js";

function setUp(steps: readonly Step[], options: Partial<ServiceClientOptions> = {}) {
  const clock = manualClock();
  const sentAtMs: number[] = [];
  const events: ServiceCallEvent[] = [];
  const { fetch, sent } = scriptedFetch(...steps);
  const client = createServiceClient({
    service: "hubspot",
    baseUrl: "https://api.example.com",
    retry: { baseMs: 16 },
    random: () => 0.5,
    clock,
    fetch: (url, init) => {
      sentAtMs.push(clock.elapsed());
      return fetch(url, init);
    },
    onCall: (event) => events.push(event),
    ...options,
  });
  return { client, sent, sentAtMs, clock, events };
}

const write = { json: { name: "Ada" } };
const well = json({ ok: true });
const late = (seconds: string | number, status = 429) =>
  json({ message: "Wait." }, status, { "retry-after": String(seconds) });

describe("retries of a service client", () => {
  it.each<[string, Step]>([
    ["a 500", json({}, 500)],
    ["a 502 page", text("<html>Bad gateway</html>", 502, { "content-type": "text/html" })],
    ["a 429", json({}, 429)],
    ["a reset connection", failure("ECONNRESET")],
    ["a refused connection", failure("ECONNREFUSED", "connect")],
    ["half a JSON", text('{"id":')],
    ["a page of a CDN", text("<html>Denied</html>", 403)],
  ])("make a read again after %s", async (_, step) => {
    const { client, sent, clock, sentAtMs } = setUp([step, step, well]);
    expect((await settle(clock, client.get("/x"))).body()).toEqual({ ok: true });
    expect([sent.length, sentAtMs[0]]).toEqual([3, 0]);
  });

  it.each<[string, Step]>([
    ["a 500", json({}, 500)],
    ["a 503", json({}, 503)],
    ["a 503 with Retry-After, where the service did not say that it is safe", late(1, 503)],
    ["a 408", json({}, 408)],
    ["a reset connection", failure("ECONNRESET")],
    ["a connection that the other side closed", failure("UND_ERR_SOCKET")],
    ["half a JSON", text('{"id":')],
  ])("never make a write again after %s", async (_, step) => {
    const { client, sent, clock } = setUp([step, well]);
    await expect(settle(clock, client.post("/x", write))).rejects.toMatchObject({ replay: "unsafe" });
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Step]>([
    ["a 429", json({}, 429)],
    ["a refused connection", failure("ECONNREFUSED", "connect")],
    ["a name that is not found", failure("EAI_AGAIN", "getaddrinfo")],
    ["a connection that took too long to make", failure("UND_ERR_CONNECT_TIMEOUT")],
    ["a lock", json({}, 423)],
  ])("make a write again after %s, where nothing was done", async (_, step) => {
    const { client, sent, clock } = setUp([step, well]);
    expect((await settle(clock, client.post("/x", write))).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  it("take a write that the adapter calls safe as a read", async () => {
    const { client, sent, clock } = setUp([json({}, 500), failure("ECONNRESET"), well]);
    await settle(clock, client.post("/search", { ...write, replay: "safe" }));
    expect(sent).toHaveLength(3);
  });

  it("make a write again after a 503 with Retry-After where the service says that nothing was done", async () => {
    const retry = { unavailableIsNotProcessed: true, baseMs: 16 };
    const { client, sent, clock } = setUp([late(1, 503), well], { retry });
    await settle(clock, client.post("/x", write), 10);
    expect(sent).toHaveLength(2);
    const without = setUp([json({}, 503), well], { retry });
    await expect(settle(without.clock, without.client.post("/x", write))).rejects.toMatchObject({
      replay: "unsafe",
    });
  });

  it.each([400, 401, 402, 403, 404, 409, 422])("leave a %i alone", async (status) => {
    const { client, sent, clock } = setUp([json({ message: "No." }, status), well]);
    await expect(settle(clock, client.get("/x"))).rejects.toMatchObject({ facts: { status } });
    expect(sent).toHaveLength(1);
  });

  it("wait with full jitter on growing bounds, four tries in all", async () => {
    const { client, clock, sentAtMs } = setUp([json({}, 500)]);
    await expect(settle(clock, client.get("/x"))).rejects.toMatchObject({ code: "service.unavailable" });
    expect(sentAtMs).toEqual([0, 8, 24, 56]);
  });

  it.each<[string, Step, number]>([
    ["seconds", late("0.5"), 500],
    [
      "a date by the service's own clock",
      json({}, 429, {
        date: "Mon, 05 Jan 2026 11:00:00 GMT",
        "retry-after": "Mon, 05 Jan 2026 11:00:02 GMT",
      }),
      2_000,
    ],
    ["what the limits say", json({}, 429, { ratelimit: "limit=100, remaining=0, reset=0.7" }), 700],
  ])("never come back sooner than told in %s", async (_, step, waitMs) => {
    const { client, clock, sentAtMs } = setUp([step, well]);
    await settle(clock, client.get("/x"), 4);
    expect(sentAtMs[1]).toBeGreaterThanOrEqual(waitMs);
    expect(sentAtMs[1]).toBeLessThan(waitMs + 300);
  });

  it("end at once with retryAfterMs where the wait is longer than allowed, so that a job can be parked", async () => {
    const { client, sent, clock } = setUp([late(3_600), well]);
    await expect(client.get("/x")).rejects.toMatchObject({
      code: "service.rate_limited",
      facts: { retryAfterMs: 3_600_000, status: 429 },
      replay: "safe",
    });
    expect([sent.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("reject with the caller's reason in the middle of a wait", async () => {
    const { client, clock, sent } = setUp([late(10)]);
    const caller = new AbortController();
    const call = client.get("/x", { signal: caller.signal });
    await settle(clock, Promise.resolve());
    const reason = new Error("enough");
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect([sent.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("tell of each exchange, without queries and ids", async () => {
    const { client, clock, events } = setUp([
      json({}, 500, { "x-request-id": "r1" }),
      failure("ECONNRESET"),
      well,
    ]);
    await settle(clock, client.get("/contacts/512?email=ada@x.test"));
    expect(events).toMatchObject([
      {
        service: "hubspot",
        method: "GET",
        route: "/contacts/{}",
        attempt: 1,
        status: 500,
        errorCode: "service.unavailable",
        requestId: "r1",
      },
      { attempt: 2, errorCode: "service.unavailable" },
      { attempt: 3, status: 200 },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/ada|512/);
  });
});

describe("the breaker of a service client", () => {
  const quick = { retry: false, breaker: { minCalls: 3, resetMs: 1_000 } } as const;

  it("opens when the service is away, and lets a probe through later", async () => {
    const { client, sent, clock } = setUp([failure("ECONNRESET"), json({}, 500), json({}, 502), well], quick);
    for (let call = 0; call < 3; call++) await expect(client.get("/x")).rejects.toThrow();
    await expect(client.get("/x")).rejects.toMatchObject({
      code: "breaker.open",
      facts: { retryAfterMs: 1_000 },
    });
    expect(sent).toHaveLength(3);
    clock.advance(1_000);
    expect((await client.get("/x")).status).toBe(200);
    expect((await client.get("/x")).status).toBe(200);
  });

  it.each([429, 400, 401, 403, 404, 422])("does not open by %i", async (status) => {
    const { client, sent } = setUp([json({ message: "No." }, status)], quick);
    for (let call = 0; call < 10; call++)
      await expect(client.get("/x")).rejects.toMatchObject({ facts: { status } });
    expect(sent).toHaveLength(10);
  });

  it("does not count what the caller aborted, nor what went to another origin", async () => {
    const breaker = new CircuitBreaker({ name: "b", minCalls: 1, classify: classifyServiceFailure });
    const { client } = setUp([() => new Promise(() => {}), json({}, 500)], { retry: false, breaker });
    const caller = new AbortController();
    const call = client.get("/x", { signal: caller.signal });
    await turn();
    const reason = new SalesAgentError("service.unavailable", {
      message: "Another service is away.",
      facts: { service: "other" },
      replay: "safe",
    });
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(client.get("https://files.test/x", { anonymous: true })).rejects.toThrow();
    expect(breaker.state).toBe("closed");
    await expect(client.get("/x")).rejects.toThrow();
    expect(breaker.state).toBe("open");
  });

  it("closes on a refusal too: who refuses is well", async () => {
    const clock = manualClock();
    const breaker = new CircuitBreaker({ name: "b", clock, classify: classifyServiceFailure });
    breaker.open(1);
    const { client } = setUp([json({}, 404)], { retry: false, breaker });
    clock.advance(1);
    await expect(client.get("/x")).rejects.toMatchObject({ code: "service.refused" });
    expect(breaker.state).toBe("closed");
  });
});
