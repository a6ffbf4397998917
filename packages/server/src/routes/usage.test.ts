import type { UsageRow } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { openSales, STRANGER, VIEWER } from "../testing/open-sales.js";

const row = (
  day: string,
  agent: string,
  modelId: string,
  costUsd: number,
  more: Partial<UsageRow> = {},
): UsageRow => ({
  ...{ day, agent, provider: "cerebras", modelId, calls: 1, failedCalls: 0, inputTokens: 100 },
  ...{ cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0, unpricedCalls: 0 },
  costNanoUsd: costUsd * 1e9,
  ...more,
});

async function used(options: Parameters<typeof openSales>[0] = {}) {
  const app = openSales(options);
  const stores = app.storage.tenant("acme");
  await stores.usage.addMany([
    row("2026-10-31", "bdr", "a", 5),
    row("2026-11-01", "bdr", "a", 0.1),
    row("2026-11-02", "bdr", "b", 0.2),
    row("2026-11-02", "=qualification", "a", 0.7, { unpricedCalls: 1, calls: 2 }),
  ]);
  const run = {
    agent: "bdr",
    status: "completed",
    input: {},
    startedAt: "2026-11-03T10:00:00.000Z",
  } as const;
  await stores.runs.putMany([
    { ...run, id: "r1", latencyMs: 100, costUsd: 0.25, finishedAt: run.startedAt },
    { ...run, id: "r2", latencyMs: 300, costUsd: 0.25, finishedAt: run.startedAt },
    { ...run, id: "r3", status: "failed", error: { code: "model.auth", message: "No." } },
    { ...run, id: "r4", status: "running" },
    { ...run, id: "r5", startedAt: "2026-10-30T10:00:00.000Z" },
  ]);
  return { ...app, stores };
}

describe("usage", () => {
  it("is this month's unless told otherwise, summed exactly by all that tells it apart", async () => {
    const { json } = await used();
    const { body } = await json("/usage", { as: VIEWER });
    expect([body.from, body.until, body.items.length]).toEqual(["2026-11-01", "2026-11-21", 3]);
    expect(body.items[0]).toMatchObject({ day: "2026-11-01", agent: "bdr", model: "a", costUsd: 0.1 });
    expect(body.total).toMatchObject({ calls: 4, inputTokens: 300, costUsd: 1, unpricedCalls: 1 });
  });

  it("is summed by what is asked for", async () => {
    const { json } = await used();
    const { body } = await json("/usage?by=agent&from=2026-10-01");
    expect(body.items).toMatchObject([
      { agent: "=qualification", calls: 2 },
      { agent: "bdr", calls: 3, costUsd: 5.3 },
    ]);
    expect(body.items[0]).not.toHaveProperty("day");
    expect((await json("/usage?by=")).body.items).toMatchObject([{ calls: 4 }]);
  });

  it("comes as a table, whose texts no program runs", async () => {
    const { ask } = await used();
    const response = await ask("/usage?by=agent&format=csv");
    expect(response.headers.get("content-type")).toContain("text/csv");
    expect(response.headers.get("content-disposition")).toContain("usage-2026-11-01-2026-11-21.csv");
    const [head, first] = (await response.text()).split("\r\n");
    expect(head?.split(",").slice(0, 3)).toEqual(["agent", "calls", "failedCalls"]);
    expect(first).toMatch(/^'=qualification,2,/);
    expect((await ask("/usage", { headers: { accept: "text/csv" } })).headers.get("content-type")).toContain(
      "csv",
    );
  });

  it("of another tenant is nothing to see", async () => {
    const { json } = await used();
    for (const path of ["/usage?from=2026-10-01", "/analytics/cost", "/analytics"]) {
      expect((await json(path, { as: STRANGER })).body.items).toEqual([]);
    }
    expect((await json("/quotas", { as: STRANGER })).body.tokens).toEqual({ used: 0 });
  });

  it.each([
    ["/usage?from=2026-11-31", "query.from"],
    ["/usage?from=2026-11-02&until=2026-11-01", "query.until"],
    ["/usage?from=2025-01-01&until=2026-11-01", "query.from"],
    ["/usage?by=agent,tenant", "query.by.1"],
    ["/usage?format=xml", "query.format"],
    ["/usage?tenant=globex", "query.tenant"],
    ["/analytics?agent=", "query.agent"],
    ["/analytics/cost?by=cost", "query.by.0"],
  ])("%s is refused, naming %s", async (path, place) => {
    const { status, body } = await openSales().json(path);
    expect([status, body.issues?.[0]?.path]).toEqual([400, place]);
  });
});

describe("cost", () => {
  it("is told by its parts, the dearest first", async () => {
    const { json } = await used();
    const { body } = await json("/analytics/cost");
    expect(body.items).toEqual([
      { agent: "=qualification", calls: 2, costUsd: 0.7, unpricedCalls: 1, share: 0.7 },
      { agent: "bdr", calls: 2, costUsd: 0.3, unpricedCalls: 0, share: 0.3 },
    ]);
    expect(body.total).toEqual({ calls: 4, costUsd: 1, unpricedCalls: 1 });
    expect((await json("/analytics/cost?by=day,model")).body.items).toHaveLength(3);
  });

  it("comes as a table", async () => {
    const { ask } = await used();
    const text = await (await ask("/analytics/cost?format=csv")).text();
    expect(text).toBe(
      "agent,calls,costUsd,unpricedCalls,share\r\n'=qualification,2,0.7,1,0.7\r\nbdr,2,0.3,0,0.3\r\n",
    );
  });

  it("that is tiny has no exponent, which a program for tables reads as a text", async () => {
    const app = openSales();
    await app.storage.tenant("acme").usage.addMany([row("2026-11-01", "bdr", "a", 0.000_000_001)]);
    expect(await (await app.ask("/usage?by=agent&format=csv")).text()).toContain(",0.000000001,");
  });
});

describe("how runs did", () => {
  it("is told by day and agent, with latencies and errors", async () => {
    const { json } = await used();
    const { body } = await json("/analytics", { as: VIEWER });
    expect(body.items).toMatchObject([
      {
        day: "2026-11-03",
        agent: "bdr",
        runs: 4,
        completed: 2,
        failed: 1,
        latencyMs: { p50: 200 },
        costUsd: 0.5,
      },
    ]);
    expect(body.items[0].errorRate).toBeCloseTo(1 / 3);
    expect(body.total).toMatchObject({ runs: 4, completed: 2, failed: 1, cancelled: 0, costUsd: 0.5 });
    expect((await json("/analytics?agent=other")).body).toMatchObject({ items: [], total: { errorRate: 0 } });
  });

  it("comes as a table", async () => {
    const { ask } = await used();
    const [head, first] = (await (await ask("/analytics?format=csv")).text()).split("\r\n");
    expect(head).toContain("p50Ms,p95Ms,p99Ms,costUsd");
    expect(first).toMatch(/^2026-11-03,bdr,4,2,1,0,0\.33/);
  });
});

describe("quotas", () => {
  it("are shown with what was used of them in this month", async () => {
    const { json } = await used({ quotas: { name: "starter", tasks: 10, costUsd: 2 } });
    expect((await json("/quotas", { as: VIEWER })).body).toEqual({
      ...{ plan: "starter", from: "2026-11-01", until: "2026-11-21", resetsAt: "2026-12-01T00:00:00.000Z" },
      tasks: { used: 4, limit: 10, left: 6 },
      tokens: { used: 330 },
      costUsd: { used: 1, limit: 2, left: 1 },
    });
  });

  it("are of each tenant's own plan, and none where it has none", async () => {
    const { json } = await used({
      quotas: async (tenant) => (tenant === "acme" ? { name: "pro", tokens: 300 } : undefined),
    });
    expect((await json("/quotas")).body).toMatchObject({ plan: "pro", tokens: { left: 0 } });
    expect((await json("/quotas", { as: STRANGER })).body).not.toHaveProperty("plan");
  });

  it("that are used up let nothing begin any more, and say until when", async () => {
    const { json } = await used({ quotas: { name: "starter", tokens: 300 } });
    const refused = await json("/workflows/outreach/run", { json: {} });
    expect(refused).toMatchObject({
      ...{ status: 402, body: { code: "budget.exceeded", facts: { resetsAt: "2026-12-01T00:00:00.000Z" } } },
    });
    expect((await json("/workflows/outreach/run", { as: STRANGER, json: {} })).status).toBe(404);
  });

  it.each([
    [{ name: "" }, "quotas.name"],
    [{ name: "x", tasks: -1 }, "quotas.tasks"],
    [{ name: "x", runs: 1 }, "quotas.runs"],
  ])("refuse the plan %j when the server is made", (quotas, option) => {
    expect(() => openSales({ quotas: quotas as never })).toThrow(
      expect.objectContaining({ code: "config.invalid", facts: expect.objectContaining({ option }) }),
    );
  });
});
