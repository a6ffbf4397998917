import type { FlowWrite } from "@salesagent/ports";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresStorage, postgres } from "./postgres.js";
import { emptyTables } from "./testing/emptied-storage.js";
import { begin, flowStart, want } from "./testing/flow-runs.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const AT = "2026-05-01T09:00:00.000Z";
const FAR_AHEAD = "2999-01-01T00:00:00.000Z";
const step = (key: string) => ({ key, value: { done: key } });
const checkpoint = (seq: number) => ({ seq, delta: { writes: [seq] }, at: AT });

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: database.url, max: 1 });
});

beforeEach(() => emptyTables(database));

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** Ends the connections that wait for a lock, once there is one. */
async function killBlocked(): Promise<void> {
  const kill = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
  let killed: readonly unknown[] = [];
  while (killed.length === 0) killed = await database.query(kill); // it may not have come so far yet
}

/** Holds the lock of every run's row until it is released. */
async function lockRuns(): Promise<{ release(): Promise<void> }> {
  const locker = await pool.connect();
  await locker.query("begin");
  await locker.query("select from salesagent.flow_queue for update");
  return {
    async release() {
      await locker.query("rollback");
      locker.release();
    },
  };
}

describe("a commit whose connection is lost", () => {
  it("has an unknown outcome, and may be made again: it stands once", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { flows } = storage.tenant("acme");
    const { id, fence } = await begin(flows, storage.queue, "1");
    const write: FlowWrite = { id, fence, checkpoint: checkpoint(1), steps: [step("2/a/0/x")] };
    const lock = await lockRuns();
    const pending = flows.commit(write).catch((error: unknown) => error);
    await killBlocked();
    expect(await pending).toMatchObject({ code: "store.unavailable", replay: "unsafe" });
    await lock.release();
    expect(await flows.get(id)).toMatchObject({ seq: 0 });
    await flows.commit(write);
    await flows.commit(write);
    expect(await flows.load(id, fence)).toMatchObject({
      record: { seq: 1 },
      deltas: [checkpoint(1)],
      steps: [step("2/a/0/x")],
    });
  });

  it("stands once when it is made again while the first is still on its way", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { flows } = storage.tenant("acme");
    const { id, fence } = await begin(flows, storage.queue, "1");
    const write: FlowWrite = { id, fence, checkpoint: checkpoint(1), steps: [step("a"), step("b")] };
    const lock = await lockRuns();
    const pending = Promise.all(Array.from({ length: 5 }, () => flows.commit(write)));
    await lock.release();
    await pending;
    expect(await flows.load(id, fence)).toMatchObject({ deltas: [checkpoint(1)], steps: write.steps });
  });
});

describe("a write that is made again", () => {
  const writes: Readonly<Record<string, Omit<FlowWrite, "id" | "fence">>> = {
    "of a step": { steps: [step("1/a/0/x")] },
    "of many steps": { steps: [step("a"), step("b"), step("c")] },
    "of a checkpoint": { checkpoint: checkpoint(1) },
    "of a snapshot": { checkpoint: { ...checkpoint(1), snapshot: null } },
    "that takes in events": { taken: ["answer"] },
    "that waits": { rest: { status: "waiting", awaiting: ["later"] } },
    "that pauses": { rest: { status: "pending", dueAt: FAR_AHEAD } },
    "that completes": { rest: { status: "completed", output: [null] } },
    "that fails": { rest: { status: "failed", error: { code: "x", message: "y" } } },
    "that is cancelled": { rest: { status: "cancelled" } },
    "of all that a write can bring": {
      steps: [step("a")],
      checkpoint: { ...checkpoint(1), snapshot: { all: 1 } },
      taken: ["answer"],
      rest: { status: "completed", output: 1 },
    },
  };

  it.each(Object.entries(writes))("%s is answered as done, and changes nothing", async (_, write) => {
    await using storage = postgres({ connectionString: database.url });
    const { flows } = storage.tenant("acme");
    const { id, fence } = await begin(flows, storage.queue, "1");
    await flows.deliver(id, { name: "answer", payload: 1 });
    await flows.commit({ id, fence, ...write });
    const before = await flows.load(id, fence);
    await flows.commit({ id, fence, ...write });
    expect(await flows.load(id, fence)).toEqual(before);
  });

  it("is told from the next one by anything that it says", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { flows } = storage.tenant("acme");
    const { id, fence } = await begin(flows, storage.queue, "1");
    await flows.commit({ id, fence, checkpoint: checkpoint(1), steps: [step("a")] });
    for (const other of [
      { checkpoint: { ...checkpoint(1), delta: 2 }, steps: [step("a")] },
      { checkpoint: checkpoint(1), steps: [{ key: "a", value: 2 }] },
      { checkpoint: checkpoint(1) },
      { steps: [step("a")] },
    ]) {
      await expect(flows.commit({ id, fence, ...other })).rejects.toMatchObject({ code: "store.invalid" });
    }
  });

  it("is refused once the run was claimed again, though it stands", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { flows } = storage.tenant("acme");
    const { id, fence } = await begin(flows, storage.queue, "1");
    const write: FlowWrite = { id, fence, rest: { status: "pending", dueAt: AT } };
    await flows.commit(write);
    const [next] = await storage.queue.claim(want());
    await expect(flows.commit(write)).rejects.toMatchObject({ code: "flow.fenced" });
    await flows.commit({ ...write, fence: next?.fence ?? 0 });
    expect(await flows.get(id)).toMatchObject({ status: "pending" });
  });

  it("is answered as done within a transaction that is run again", async () => {
    await using storage = postgres({ connectionString: database.url });
    const acme = storage.tenant("acme");
    const { id, fence } = await begin(acme.flows, storage.queue, "1");
    const write = () => acme.transaction(({ flows }) => flows.commit({ id, fence, steps: [step("a")] }));
    await write();
    await write();
    expect((await acme.flows.load(id, fence)).steps).toEqual([step("a")]);
  });
});

describe("a schema of an earlier release", () => {
  it.each([
    ["claim", (storage: PostgresStorage) => storage.queue.claim(want())],
    ["create", (storage: PostgresStorage) => storage.tenant("acme").flows.create(flowStart("1"))],
  ] as const)("asks for its migration when it is to %s", async (_, call) => {
    await database.query("create schema if not exists behind");
    await using storage = postgres({ connectionString: database.url, schema: "behind" });
    await expect(call(storage)).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringContaining("storage.migrate()"),
    });
  });
});
