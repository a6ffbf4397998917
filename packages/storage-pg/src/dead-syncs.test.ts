import { createCrmDouble, type ManualClock, manualClock } from "@salesagent/conformance";
import { createEventBus } from "@salesagent/core";
import { createCrmSync, type TenantSync } from "@salesagent/core/crm";
import type { CRMProvider, Storage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { eachWithTwoProcesses } from "./testing/two-processes.js";

const { storage, acme } = eachWithTwoProcesses();

/** The syncs of one process, by its own clock; `failed` holds what its bus heard. */
function openProcess(storage: Storage, clock: ManualClock, provider: CRMProvider) {
  const failed: string[] = [];
  const events = createEventBus();
  events.on("sync-failed", ({ syncId }) => failed.push(syncId));
  const crmSync = createCrmSync({ storage, clock, events, connections: { close: { provider } } });
  return { sync: crmSync.tenant("acme"), failed };
}

/** A CRM that gives no page away before `go`. */
function heldCrm(clock: ManualClock) {
  const { provider } = createCrmDouble({ clock, provider: "close" });
  let go = () => {};
  let begin = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const held = new Proxy(provider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== "list") return typeof member === "function" ? member.bind(target) : member;
      return async function* (...args: Parameters<typeof provider.list>) {
        begin();
        await gate;
        yield* target.list(...args);
      };
    },
  });
  return { provider: held, go, begun };
}

/** A process whose run stands still, and one that reads, each by its own clock. */
async function openTwo() {
  const [stillClock, clock] = [manualClock(), manualClock()];
  const crm = heldCrm(stillClock);
  const still = openProcess(storage(0), stillClock, crm.provider);
  const reader = openProcess(storage(1), clock, createCrmDouble({ clock, provider: "close" }).provider);
  const run = still.sync.run("close").result();
  await crm.begun;
  return { stillClock, clock, reader, still, run, go: crm.go };
}

const statusesOf = async (sync: TenantSync) => (await sync.history()).items.map(({ status }) => status);

describe("a run of another process", () => {
  it("is told as running for as long as that process lives, however long it takes", async () => {
    const { stillClock, clock, reader, run, go } = await openTwo();
    for (let times = 0; times < 8; times += 1) {
      stillClock.advance(40_000);
      const said = new Date(stillClock.now() + 120_000).toISOString();
      await expect
        .poll(async () => (await acme(1).syncCursors.list("close")).map(({ value }) => value))
        .toContainEqual({ until: said });
      clock.advance(40_000);
      expect(await statusesOf(reader.sync)).toEqual(["running"]);
      expect((await reader.sync.status())[0]?.lastRun).toMatchObject({ status: "running" });
    }
    go();
    expect(await run).toMatchObject({ status: "completed" });
    expect(await statusesOf(reader.sync)).toEqual(["completed"]);
    expect(reader.failed).toEqual([]);
  });

  it("is told as failed once that process said nothing for two minutes, and ended once by all who read it", async () => {
    const { clock, reader, still, run, go } = await openTwo();
    clock.advance(119_000);
    expect(await statusesOf(reader.sync)).toEqual(["running"]);
    clock.advance(2_000);
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 2 === 0 ? statusesOf(reader.sync) : reader.sync.history({ status: "failed" }),
      ),
    );
    const ended = { status: "failed", error: { code: "internal" } };
    for (const told of all) {
      if (Array.isArray(told)) expect(told).toEqual(["failed"]);
      else expect(told).toMatchObject({ items: [ended] });
    }
    expect(reader.failed).toHaveLength(1);
    expect((await reader.sync.status())[0]?.lastRun).toMatchObject(ended);

    go();
    expect(await run).toMatchObject({ status: "completed" });
    expect(await statusesOf(reader.sync)).toEqual(["completed"]);
    expect(still.failed).toEqual([]);
  });
});
