import { describe, expect, it } from "vitest";
import { ADMIN, MEMBER, openSales, STRANGER } from "../testing/open-sales.js";

type App = ReturnType<typeof openSales>;
const told = async (app: App, as = ADMIN) => (await app.ask("/metrics", { as })).text();

/** The value of a sample by its name and labels, as they are written. */
const sampleOf = (text: string, sample: string): number | undefined => {
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length));
};

describe("metrics", () => {
  it("tell a tenant its own figures, and those of the process to its operators alone", async () => {
    const app = openSales({ metrics: { operators: ["acme"] } });
    const run = { agent: "bdr", input: {}, startedAt: "2026-11-21T10:00:00.000Z" };
    await app.storage.tenant("acme").runs.putMany([
      { ...run, id: "r1", status: "completed", latencyMs: 1_500, costUsd: 0.5 },
      { ...run, id: "r2", status: "waiting" },
    ]);
    await app.ask("/leads/l1");
    const text = await told(app);
    expect(sampleOf(text, 'salesagent_tenant_runs_today{agent="bdr",status="completed"}')).toBe(1);
    expect(sampleOf(text, 'salesagent_tenant_runs_today{agent="bdr",status="open"}')).toBe(1);
    expect(sampleOf(text, 'salesagent_tenant_run_cost_usd_today{agent="bdr"}')).toBe(0.5);
    expect(sampleOf(text, 'salesagent_tenant_run_latency_seconds_today{agent="bdr",quantile="0.95"}')).toBe(
      1.5,
    );
    expect(sampleOf(text, 'salesagent_tenant_sync_links_due{connection="close"}')).toBe(0);
    expect(sampleOf(text, 'salesagent_http_requests_total{route="GET /leads/{id}",status="404"}')).toBe(1);
    const strangers = await told(app, STRANGER);
    expect(strangers).not.toContain("bdr");
    expect(strangers).not.toContain("salesagent_http");
  });

  it("need a permission, which a key can have alone", async () => {
    const app = openSales();
    expect((await app.ask("/metrics", { as: MEMBER })).status).toBe(403);
    const key = await app.ask("/metrics", { as: "acme/key:1/admin/metrics:read" });
    expect([key.status, key.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect((await app.ask("/metrics", { as: "" })).status).toBe(401);
  });

  it("count requests by route and status, and how long they took, never by what a path filled in", async () => {
    const app = openSales({ metrics: { operators: "all" } });
    for (const id of ["a", "b", "c"]) await app.ask(`/leads/${id}`);
    await app.ask("/nowhere/at/all");
    await app.ask("/leads", { as: "" });
    const text = await told(app);
    expect(sampleOf(text, 'salesagent_http_requests_total{route="GET /leads/{id}",status="404"}')).toBe(3);
    expect(sampleOf(text, 'salesagent_http_requests_total{route="unknown",status="404"}')).toBe(1);
    expect(sampleOf(text, 'salesagent_http_requests_total{route="GET /leads",status="401"}')).toBe(1);
    const route = 'route="GET /leads/{id}"';
    expect(sampleOf(text, `salesagent_http_request_duration_seconds_bucket{${route},le="0.001"}`)).toBe(3);
    expect(sampleOf(text, `salesagent_http_request_duration_seconds_bucket{${route},le="+Inf"}`)).toBe(3);
    expect(sampleOf(text, `salesagent_http_request_duration_seconds_count{${route}}`)).toBe(3);
  });

  it("count what the app's events tell, without tenants unless asked for", async () => {
    const event = { tenant: "acme", at: "2026-11-21T10:00:00.000Z", runId: "r1", agent: "bdr" };
    const emitted = async (tenantLabels: boolean) => {
      const app = openSales({ metrics: { operators: "all", tenantLabels } });
      app.sales.events.emit("run-completed", { ...event, output: {}, costUsd: 0.25, latencyMs: 5 });
      const error = { code: "model.auth", message: "No." };
      app.sales.events.emit("run-failed", { ...event, tenant: "globex", error, latencyMs: 5 });
      app.sales.events.emit("breaker-opened", { at: event.at, name: "cerebras/a", retryAt: event.at });
      app.sales.events.emit("breaker-opened", { at: event.at, name: "groq/b", retryAt: event.at });
      app.sales.events.emit("breaker-closed", { at: event.at, name: "groq/b" });
      return told(app);
    };
    const plain = await emitted(false);
    expect(sampleOf(plain, 'salesagent_runs_ended_total{agent="bdr",status="completed"}')).toBe(1);
    expect(sampleOf(plain, 'salesagent_runs_ended_total{agent="bdr",status="failed"}')).toBe(1);
    expect(sampleOf(plain, 'salesagent_run_cost_usd_total{agent="bdr"}')).toBe(0.25);
    expect(sampleOf(plain, 'salesagent_breaker_open{name="cerebras/a"}')).toBe(1);
    expect(sampleOf(plain, 'salesagent_breaker_open{name="groq/b"}')).toBe(0);
    expect(plain).not.toContain("globex");
    const labelled = await emitted(true);
    expect(
      sampleOf(labelled, 'salesagent_runs_ended_total{tenant="globex",agent="bdr",status="failed"}'),
    ).toBe(1);
  });

  it("tell what is open and what waits", async () => {
    const app = openSales({ metrics: { operators: "all" } });
    await app.sales.jobs?.enqueue({ queue: "crm-sync", tenant: "acme", payload: {} });
    await app.sales.streams.open("acme", { id: "s", source: "agent:bdr" });
    const reader = app.sales.streams.follow("acme", "s");
    void reader.next().catch(() => {});
    const text = await app.soon(told(app));
    expect(sampleOf(text, 'salesagent_jobs_waiting{queue="crm-sync"}')).toBe(1);
    expect(sampleOf(text, "salesagent_stream_readers")).toBe(1);
    expect(sampleOf(text, "salesagent_connections_open")).toBe(0);
    await reader.return();
  });

  it("stop counting with the server", async () => {
    const app = openSales({ metrics: { operators: "all" } });
    await app.server[Symbol.asyncDispose]();
    app.sales.events.emit("breaker-closed", { at: "2026-11-21T10:00:00.000Z", name: "groq/b" });
    expect(await told(app)).not.toContain("groq");
  });
});
