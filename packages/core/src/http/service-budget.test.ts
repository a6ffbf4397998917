import { manualClock } from "@salesagent/conformance";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "../resilience/circuit-breaker.js";
import { localRateBudgetStore } from "./local-rate-budget-store.js";
import { createRateBudget, type RateBudget, type RateNews, type RateWant } from "./rate-budget.js";
import { createServiceClient } from "./service-client.js";
import type { ServiceClientOptions } from "./service-client-options.js";
import { json, type Step, scriptedFetch } from "./testing/scripted-fetch.js";
import { settle } from "./testing/settle.js";

/** A budget that keeps what it is asked and told. */
function watchedBudget() {
  const wants: RateWant[] = [];
  const news: RateNews[] = [];
  const budget: RateBudget = {
    name: "watched",
    async take(want = {}) {
      wants.push(want);
      return 7;
    },
    learn: (told) => void news.push(told),
  };
  return { budget, wants, news };
}

function setUp(steps: readonly Step[], options: Partial<ServiceClientOptions> = {}) {
  const clock = manualClock();
  const { fetch, sent } = scriptedFetch(...steps);
  const client = createServiceClient({
    ...{ service: "hubspot", baseUrl: "https://api.example.com", retry: false, random: () => 0 },
    ...{ fetch, clock, ...options },
  });
  return { client, sent, clock };
}

describe("a service client with a rate budget", () => {
  it("asks for leave with group and priority, and tells what answers say", async () => {
    const { budget, wants, news } = watchedBudget();
    const waited: number[] = [];
    const headers = { "x-hubspot-ratelimit-max": "190", "x-hubspot-ratelimit-remaining": "9" };
    const { client } = setUp(
      [json({}, 200, headers), json({}, 429, { "retry-after": "2" }), json({}, 404), json({})],
      {
        rateBudget: budget,
        onCall: ({ waitedMs }) => waited.push(waitedMs),
        classify: ({ status }) => (status === 429 ? { windows: ["interval"] } : undefined),
      },
    );
    await client.post("/search", { json: 1, group: "search", priority: "bulk" });
    await expect(client.get("/x")).rejects.toThrow();
    await client.get("/x", { passStatuses: [404] });
    await client.get("https://files.test/x", { anonymous: true });
    expect(wants).toMatchObject([
      { group: "search", priority: "bulk", maxWaitMs: 60_000 },
      { group: undefined, priority: "interactive" },
      { priority: "interactive" },
    ]);
    expect(news).toMatchObject([
      { group: "search", facts: [{ window: "interval", limit: 190, remaining: 9 }] },
      { refused: { waitMs: 2_000, windows: ["interval"] } },
      { facts: [] },
    ]);
    expect([news[0]?.refused, waited]).toEqual([undefined, [7, 7, 7, 0]]);
  });

  it("takes leave anew where a token was refreshed after a long wait", async () => {
    const { budget, wants } = watchedBudget();
    const clock = manualClock();
    let reads = 0;
    const token = async () => {
      reads += 1;
      if (reads === 2) clock.advance(3_000);
      return `token-${reads}`;
    };
    const take = async (want: RateWant = {}) => {
      wants.push(want);
      return wants.length === 1 ? 5_000 : 400;
    };
    const waited: number[] = [];
    const { client, sent } = setUp([json({})], {
      ...{ clock, auth: { type: "oauth", tokens: { token } }, rateBudget: { ...budget, take } },
      onCall: ({ waitedMs }) => waited.push(waitedMs),
    });
    await client.get("/x");
    expect([wants.length, waited]).toEqual([2, [5_400]]);
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer token-2");
  });

  it("asks for no leave while the breaker is open", async () => {
    const { budget, wants } = watchedBudget();
    const breaker = new CircuitBreaker({ name: "b", clock: manualClock() });
    breaker.open(1_000);
    const { client } = setUp([json({})], { rateBudget: budget, breaker });
    await expect(client.get("/x")).rejects.toMatchObject({ code: "breaker.open" });
    expect(wants).toEqual([]);
  });

  it("sends nothing where the wait is longer than allowed, and says how long it is", async () => {
    const clock = manualClock();
    const windows = [{ name: "daily", limit: 1, windowMs: 86_400_000 }];
    const rateBudget = createRateBudget({ name: "acme/hubspot", windows, clock });
    const { client, sent } = setUp([json({})], { rateBudget, clock, retry: {} });
    await client.get("/x");
    await expect(client.post("/x", { json: 1 })).rejects.toMatchObject({
      code: "service.rate_limited",
      replay: "safe",
      facts: { retryAfterMs: expect.toSatisfy((ms: number) => ms > 86_000_000) },
    });
    expect([sent.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("does not begin again to wait where the time for it is used up", async () => {
    const clock = manualClock();
    const windows = [{ name: "slow", limit: 1, windowMs: 800 }];
    const rateBudget = createRateBudget({ name: "acme/hubspot", windows, clock });
    const { client, sent } = setUp([json({})], { rateBudget, clock, retry: { maxWaitMs: 1_000 } });
    const calls = Promise.allSettled([client.get("/a"), client.get("/b"), client.get("/c")]);
    expect((await settle(clock, calls, 10)).map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
    expect(clock.elapsed()).toBeLessThanOrEqual(1_000);
    expect(sent).toHaveLength(2);
  });

  it("waits out a 429 with everybody who has the credential, and then goes on", async () => {
    const clock = manualClock();
    const rateBudget = createRateBudget({ name: "acme/hubspot", clock });
    const atMs: number[] = [];
    const step: Step = () => {
      atMs.push(clock.elapsed());
      return atMs.length === 1
        ? Response.json({}, { status: 429, headers: { "retry-after": "3" } })
        : Response.json({});
    };
    const { client } = setUp([step], { rateBudget, clock, retry: {} });
    const first = client.post("/x", { json: 1 });
    await settle(clock, Promise.resolve());
    await settle(clock, Promise.all([first, client.get("/y"), client.get("/z")]), 50);
    expect(atMs.filter((at) => at < 3_000)).toHaveLength(1);
  });
});

describe("clients of several processes with one credential", () => {
  it("stay inside the service's limits, whatever the network's delays", async () => {
    const call = fc.record({
      afterMs: fc.integer({ min: 0, max: 2_000 }),
      wayMs: fc.integer({ min: 0, max: 299 }),
      isSearch: fc.boolean(),
      isBulk: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(call, { maxLength: 20 }), { minLength: 2, maxLength: 3 }),
        async (processes) => {
          const clock = manualClock();
          const store = localRateBudgetStore({ clock });
          const windows = [
            { name: "interval", limit: 8, windowMs: 1_000, except: ["search"] },
            { name: "search", limit: 3, windowMs: 1_000, groups: ["search"] },
          ];
          const arrived = { search: [] as number[], other: [] as number[] };
          let refusals = 0;
          const work = processes.map(async (calls) => {
            const { client } = setUp(
              [
                async ({ url, headers }) => {
                  await new Promise<void>(
                    (resolve) => void clock.schedule(Number(headers.get("x-way-ms")), resolve),
                  );
                  const seen = arrived[url.endsWith("/search") ? "search" : "other"];
                  seen.push(clock.elapsed());
                  const isTooMuch =
                    seen.filter((at) => at > clock.elapsed() - 1_000).length >
                    (url.endsWith("/search") ? 3 : 8);
                  if (isTooMuch) refusals++;
                  return Response.json({});
                },
              ],
              {
                clock,
                rateBudget: createRateBudget({ name: "acme/hubspot", marginMs: 310, windows, store, clock }),
              },
            );
            const waits = calls.map(async ({ afterMs, wayMs, isSearch, isBulk }) => {
              await new Promise<void>((resolve) => void clock.schedule(afterMs, resolve));
              await client.get(isSearch ? "/search" : "/list", {
                ...(isSearch ? { group: "search" } : {}),
                priority: isBulk ? "bulk" : "interactive",
                headers: { "x-way-ms": String(wayMs) },
              });
            });
            await Promise.all(waits);
          });
          await settle(clock, Promise.all(work), 10);
          expect(refusals).toBe(0);
          expect(arrived.search.length + arrived.other.length).toBe(processes.flat().length);
        },
      ),
      { numRuns: 20 },
    );
  });
});
