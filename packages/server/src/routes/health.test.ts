import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { openSales, VIEWER } from "../testing/open-sales.js";
import { settle } from "../testing/open-table.js";

describe("health", () => {
  it("is told to outsiders as being there, and no more, whatever else is down", async () => {
    const app = openSales();
    await app.storage[Symbol.asyncDispose]();
    expect(await app.json("/health", { as: "" })).toEqual({ status: 200, body: { status: "ok" } });
    expect(await app.json("/health/ready", { as: "" })).toEqual({ status: 503, body: { status: "down" } });
  });

  it("is ready while the storage answers, which is asked once a second however many want to know", async () => {
    let pings = 0;
    const storage = memoryStorage();
    const app = openSales({
      app: {
        storage: Object.assign(storage, {
          ping: async () => {
            pings += 1;
          },
        }),
      },
    });
    for (let ask = 0; ask < 20; ask += 1)
      expect((await app.ask("/health/ready", { as: "" })).status).toBe(200);
    expect(pings).toBe(1);
    app.clock.advance(1_000);
    await app.ask("/health/ready", { as: "" });
    expect(pings).toBe(2);
  });

  it("is not ready where the storage takes too long", async () => {
    const app = openSales({
      app: { storage: Object.assign(memoryStorage(), { ping: () => new Promise<void>(() => {}) }) },
    });
    const answer = app.ask("/health/ready", { as: "" });
    await settle();
    app.clock.advance(2_000);
    expect((await answer).status).toBe(503);
  });

  it("is told in detail to those who may know", async () => {
    const checks = {
      model: { health: async () => [{ name: "cerebras", status: "down", note: "no" } as const] },
    };
    const { json } = openSales({ app: { checks } });
    expect((await json("/health/detail", { as: "" })).status).toBe(401);
    const { status, body } = await json("/health/detail", { as: VIEWER });
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: "down", at: "2026-11-21T12:00:00.000Z" });
    expect(body.dependencies).toContainEqual({ name: "cerebras", status: "down", note: "no" });
    expect((await openSales().json("/health/detail")).status).toBe(200);
  });
});
