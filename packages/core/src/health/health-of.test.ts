import { getEventListeners } from "node:events";
import { manualClock } from "@salesagent/conformance";
import { type DependencyHealth, type HealthCheck, SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { healthOf } from "./health-of.js";
import { storageHealth } from "./storage-health.js";

const ok: DependencyHealth = { name: "a", status: "ok" };
const degraded: DependencyHealth = { name: "b", status: "degraded", note: "slow" };
const down: DependencyHealth = { name: "c", status: "down", note: "breaker open" };
const hung: HealthCheck = { health: () => new Promise(() => {}) };

function telling(...dependencies: readonly DependencyHealth[]): HealthCheck {
  return { health: async () => dependencies };
}

describe("healthOf", () => {
  it.each([
    ["ok", [ok]],
    ["degraded", [ok, degraded]],
    ["down", [degraded, down, ok]],
  ] as const)("is %s at the worst of what its checks tell", async (status, dependencies) => {
    const clock = manualClock(Date.UTC(2026, 10, 21));
    const checks = Object.fromEntries(dependencies.map((each) => [each.name, telling(each)]));
    expect(await healthOf({ checks, clock })).toEqual({
      status,
      dependencies,
      at: "2026-11-21T00:00:00.000Z",
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it("is down among alternatives only when all of them are", async () => {
    const router = (...dependencies: readonly DependencyHealth[]) => ({
      checks: { models: { ...telling(...dependencies), alternatives: true } },
    });
    expect(await healthOf(router(ok, down))).toMatchObject({ status: "degraded", dependencies: [ok, down] });
    expect(await healthOf(router(down, down))).toMatchObject({ status: "down" });
    expect(await healthOf(router(ok, degraded))).toMatchObject({ status: "degraded" });
    expect(await healthOf(router(ok, ok))).toMatchObject({ status: "ok" });
  });

  it("does not wait longer than its limit for a check that hangs, and tells it to stop", async () => {
    const clock = manualClock();
    let told: AbortSignal | undefined;
    const slow: HealthCheck = {
      health(call) {
        told = call?.signal;
        return hung.health();
      },
    };
    const report = healthOf({ checks: { crm: slow, a: telling(ok) }, timeoutMs: 500, clock });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);

    expect(await report).toMatchObject({
      status: "down",
      dependencies: [
        { name: "crm", status: "down", note: "did not answer within 500 ms", latencyMs: 500 },
        ok,
      ],
    });
    expect(told?.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("counts a check that throws as down, without the words of others' errors", async () => {
    const secret = "postgres://admin:hunter2@db";
    const checks: Record<string, HealthCheck> = {
      throws: {
        health() {
          throw new TypeError(secret);
        },
      },
      rejects: { health: () => Promise.reject(secret) },
      ours: {
        health: () =>
          Promise.reject(
            new SalesAgentError("store.unavailable", {
              message: "The database does not answer. Try again.",
              facts: { store: "runs" },
              replay: "safe",
            }),
          ),
      },
    };
    expect((await healthOf({ checks })).dependencies).toEqual([
      { name: "throws", status: "down", note: "the check failed with TypeError" },
      { name: "rejects", status: "down", note: "the check failed with string" },
      {
        ...{ name: "ours", status: "down" },
        note: "store.unavailable: The database does not answer. Try again.",
      },
    ]);
  });

  it("rejects with the caller's reason, and leaves no listener and no timer", async () => {
    const caller = new AbortController();
    const clock = manualClock();
    const reason = new Error("shutting down");
    const report = healthOf({ checks: { hung }, clock, signal: caller.signal });

    caller.abort(reason);

    await expect(report).rejects.toBe(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.pendingTimers).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  it("refuses options that make no sense", async () => {
    await expect(healthOf({ checks: {} })).rejects.toThrow("options.checks");
    for (const timeoutMs of [0, -1, Number.NaN]) {
      await expect(healthOf({ checks: { hung }, timeoutMs })).rejects.toThrow("options.timeoutMs");
    }
  });
});

describe("storageHealth", () => {
  it("is ok when the storage answers, with the time that it took", async () => {
    const clock = manualClock();
    const ping = async () => clock.advance(12);
    const { dependencies } = await healthOf({ checks: { db: storageHealth({ ping }, { clock }) }, clock });
    expect(dependencies).toEqual([{ name: "storage", status: "ok", latencyMs: 12 }]);
  });

  it("is down when the storage is closed, and says why", async () => {
    const storage = memoryStorage();
    await storage[Symbol.asyncDispose]();
    const check = storageHealth(storage, { name: "leads db", clock: manualClock() });
    expect(await check.health()).toEqual([
      { name: "leads db", status: "down", note: expect.stringContaining("store.closed: "), latencyMs: 0 },
    ]);
  });

  it("is down within the limit when the storage hangs", async () => {
    const clock = manualClock();
    const hanging = storageHealth({ ping: () => new Promise(() => {}) }, { clock });
    const report = healthOf({ checks: { storage: hanging }, clock });
    clock.advance(2_000);
    expect(await report).toMatchObject({
      status: "down",
      dependencies: [{ name: "storage", latencyMs: 2_000 }],
    });
  });
});
