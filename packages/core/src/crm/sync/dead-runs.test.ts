import { createCrmDouble, manualClock } from "@salesagent/conformance";
import type { SyncRun } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { createEventBus } from "../../kernel/event-bus.js";
import { createCrmSync } from "./create-crm-sync.js";
import { openApp } from "./testing/open-app.js";

const START = "2026-01-01T00:00:00.000Z";

/** As the process left it that began it. */
const left: SyncRun = {
  ...{ id: "left", connection: "close", kinds: ["contact"], direction: "both", trigger: "schedule" },
  ...{ status: "running", counts: { read: 7 }, startedAt: START },
};
const ended = {
  ...{ id: "left", status: "failed", counts: { read: 7 }, finishedAt: expect.any(String) },
  error: { code: "internal", message: "The process that ran it ended." },
};

/** An app that reads, and the run of a process that said it would live for a minute. */
async function openLeft() {
  const app = openApp();
  const failed: string[] = [];
  app.events.on("sync-failed", ({ syncId }) => failed.push(syncId));
  const until = new Date(app.clock.now() + 60_000).toISOString();
  await app.acme.syncCursors.put({ connection: "close", name: "runs/left", value: { until } });
  await app.acme.syncRuns.put(left);
  return { ...app, failed };
}

describe("a run whose process died", () => {
  it("is told as running for as long as its process said, and then as failed, with its code, by whatever is read", async () => {
    const reads: Readonly<Record<string, (app: Awaited<ReturnType<typeof openLeft>>) => Promise<unknown>>> = {
      status: async ({ sync }) => (await sync.status())[0]?.lastRun,
      history: async ({ sync }) => (await sync.history()).items[0],
      "history of the connection": async ({ sync }) => (await sync.history({ connection: "close" })).items[0],
    };
    for (const [name, read] of Object.entries(reads)) {
      const app = await openLeft();
      expect(await read(app), name).toEqual(left);
      app.clock.advance(60_001);
      expect(await read(app), name).toMatchObject(ended);
      expect(await app.acme.syncRuns.get("left"), name).toMatchObject(ended);
      expect(await read(app), name).toMatchObject(ended);
      expect(app.failed, name).toEqual(["left"]);
      expect(await app.acme.syncCursors.list("close"), name).toEqual([]);
    }
  });

  it("is among the failed ones of the history, its numbers and its health, and not among the running ones", async () => {
    const app = await openLeft();
    expect((await app.sync.history({ status: "running" })).items).toEqual([left]);
    expect((await app.sync.history({ status: "failed" })).items).toEqual([]);
    app.clock.advance(60_001);
    expect((await app.sync.history({ status: "running" })).items).toEqual([]);

    const fresh = await openLeft();
    fresh.clock.advance(60_001);
    expect((await fresh.sync.history({ status: "failed" })).items).toMatchObject([ended]);

    const counted = await openLeft();
    counted.clock.advance(60_001);
    expect(await counted.sync.metrics(START)).toMatchObject([{ runs: 1, failed: 1 }]);

    const asked = await openLeft();
    asked.clock.advance(60_001);
    expect((await asked.sync.health()).find(({ name }) => name === "sync/close")).toMatchObject({
      ...{ status: "degraded", note: "the last run failed with internal" },
    });
  });

  it("is ended once, however many read it at once", async () => {
    const app = await openLeft();
    app.clock.advance(60_001);
    const reads = Array.from({ length: 20 }, () => app.sync.history());
    for (const { items } of await Promise.all(reads)) expect(items).toMatchObject([ended]);
    expect(app.failed).toEqual(["left"]);
  });
});

describe("a run that goes on", () => {
  it("is told as it ended where it ends while it is read", async () => {
    const app = await openLeft();
    const { list } = app.acme.syncRuns;
    app.acme.syncRuns.list = async (...args) => {
      const page = await list(...args);
      await app.acme.syncRuns.put({ ...left, status: "completed", finishedAt: START });
      await app.acme.syncCursors.remove("close", "runs/left");
      return page;
    };
    expect((await app.sync.history()).items).toMatchObject([{ status: "completed", finishedAt: START }]);
    expect(app.failed).toEqual([]);
  });

  it("after its process stood still and was taken for dead, is on record as it ends", async () => {
    const { storage, acme, clock, sync } = openApp();
    const stillClock = manualClock(clock.now());
    const { provider } = createCrmDouble({ clock: stillClock, provider: "close" });
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = new Proxy(provider, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== "list") return typeof member === "function" ? member.bind(target) : member;
        return async function* (...args: Parameters<typeof provider.list>) {
          await gate;
          yield* target.list(...args);
        };
      },
    });
    const still = createCrmSync({
      ...{ storage, clock: stillClock, events: createEventBus() },
      connections: { close: { provider: slow } },
    });
    const run = still.tenant("acme").run("close").result();
    while ((await acme.syncRuns.list()).items.length === 0) await Promise.resolve();
    clock.advance(119_000);
    expect((await sync.history()).items).toMatchObject([{ status: "running" }]);
    clock.advance(2_000);
    expect((await sync.history()).items).toMatchObject([{ status: "failed" }]);
    go();
    const { id } = await run;
    expect((await sync.history()).items).toMatchObject([{ id, status: "completed" }]);
    expect(await acme.syncRuns.get(id)).not.toHaveProperty("error");
  });
});
