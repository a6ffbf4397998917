import { setImmediate } from "node:timers/promises";
import { createCrmDouble } from "@salesagent/conformance";
import type { SyncRun } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/open-app.js";

/** As the process left it that began it. */
const left: SyncRun = {
  ...{ id: "left", connection: "close", kinds: ["contact"], direction: "both", trigger: "schedule" },
  ...{ status: "running", counts: { read: 7 }, startedAt: "2026-01-01T00:00:00.000Z" },
};

describe("a run whose process ended", () => {
  it("is on record as failed once the connection is run again, and the bus is told", async () => {
    const { sync, acme, events } = openApp();
    const failed: string[] = [];
    events.on("sync-failed", ({ syncId, error }) => failed.push(`${syncId}: ${error.message}`));
    await acme.syncRuns.put(left);
    await acme.syncRuns.put({ ...left, id: "another", connection: "hubspot" });

    await sync.run("close").result();

    expect(await acme.syncRuns.get("left")).toMatchObject({
      ...{ status: "failed", counts: { read: 7 }, finishedAt: expect.any(String) },
      error: { code: "internal", message: "The process that ran it ended." },
    });
    expect(await acme.syncRuns.get("another")).toMatchObject({ status: "running" });
    expect(failed).toEqual(["left: The process that ran it ended."]);
  });

  it("is taken for alive as long as its process said, and no longer", async () => {
    const { sync, acme, clock } = openApp();
    await acme.syncRuns.put(left);
    const until = new Date(clock.now() + 60_000).toISOString();
    await acme.syncCursors.put({ connection: "close", name: "runs/left", value: { until } });

    await sync.run("close").result();
    expect(await acme.syncRuns.get("left")).toMatchObject({ status: "running" });

    clock.advance(60_001);
    await sync.run("close").result();
    expect(await acme.syncRuns.get("left")).toMatchObject({ status: "failed" });
  });
});

describe("runs of one connection at once", () => {
  it("end none of each other, however long they take, and leave nothing behind", async () => {
    const { provider } = createCrmDouble({ provider: "close" });
    const [begun, held] = [gate(), gate()];
    let asked = 0;
    const slowOnce = new Proxy(provider, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== "list") return typeof member === "function" ? member.bind(target) : member;
        return async function* (...args: Parameters<typeof provider.list>) {
          asked += 1;
          if (asked === 1) {
            begun.open();
            await held.opened;
          }
          yield* target.list(...args);
        };
      },
    });
    const { sync, acme, clock, crmSync } = openApp({}, { provider: slowOnce });
    const slow = sync.run("close").result();
    await begun.opened;
    for (let times = 0; times < 10; times++) {
      clock.advance(30_000);
      await setImmediate();
    }

    await crmSync.tenant("acme").run("close").result();
    const [, first] = (await sync.history()).items;
    expect(first).toMatchObject({ status: "running" });

    held.open();
    expect(await slow).toMatchObject({ status: "completed" });
    const { items } = await sync.history();
    expect(items.map(({ status }) => status)).toEqual(["completed", "completed"]);
    const names = (await acme.syncCursors.list("close")).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("runs/"))).toEqual([]);
  });
});

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
