import { SalesAgentError } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresStorage, postgres } from "./postgres.js";
import { begin, flowStart, want } from "./testing/flow-runs.js";
import { type PostgresCluster, startPostgresCluster } from "./testing/postgres-cluster.js";
import { openTestPool } from "./testing/test-database.js";

const AT = "2026-05-01T09:00:00.000Z";
const STEPS = 60;

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await startPostgresCluster({ fsync: true }); // else what was committed would be lost
  await using storage = postgres({ connectionString: cluster.url });
  await storage.migrate();
}, 60_000);

afterAll(() => cluster.stop());

let restarted: Promise<void> | undefined;

function restart(): Promise<void> {
  restarted = cluster.restart();
  return restarted;
}

/** Makes a call again once the server is back, and each time that a connection from before fails. @returns How often it failed. */
async function insist(call: () => Promise<void>): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      await call();
      return failures;
    } catch (error) {
      if (!SalesAgentError.is(error, "store.unavailable")) throw error;
      await restarted;
    }
  }
}

/** Takes one run through its steps, each of them once. */
async function work(
  { tenant }: PostgresStorage,
  id: string,
  fence: number,
  onStep: () => void,
): Promise<number> {
  const { flows } = tenant("acme");
  let failures = 0;
  for (let seq = 1; seq <= STEPS; seq++) {
    onStep();
    failures += await insist(() => flows.commit({ id, fence, steps: [{ key: `${seq}/a/0/x`, value: seq }] }));
    failures += await insist(() =>
      flows.commit({ id, fence, checkpoint: { seq, delta: { wrote: seq }, at: AT } }),
    );
  }
  failures += await insist(() => flows.commit({ id, fence, rest: { status: "completed", output: STEPS } }));
  return failures;
}

describe("a server that is restarted while runs are worked on", () => {
  it("costs them a few failures that are told apart, and no step", async () => {
    await using storage = postgres({ connectionString: cluster.url, connectTimeoutMs: 2000 });
    const { flows } = storage.tenant("acme");
    const claims = [];
    for (let index = 0; index < 6; index++) claims.push(await begin(flows, storage.queue, `${index}`));
    let steps = 0;
    const onStep = () => {
      steps += 1;
      if (steps === 90) void restart();
    };
    const failures = await Promise.all(claims.map(({ id, fence }) => work(storage, id, fence, onStep)));
    await restarted;
    expect(failures.some((count) => count > 0)).toBe(true);
    for (const { id } of claims) {
      expect(await flows.get(id)).toMatchObject({ status: "completed", seq: STEPS, output: STEPS });
      const history = (await flows.history(id)).items;
      expect(history.map(({ delta }) => delta)).toEqual(history.map(({ seq }) => ({ wrote: seq })));
    }
  }, 60_000);

  it("wakes sleeping workers, and later events wake them again", async () => {
    await using storage = postgres({ connectionString: cluster.url, pollMs: 50 });
    const { flows } = storage.tenant("sleepers");
    await storage.queue.wait(60_000);
    await storage.queue.claim(want());
    const sleeping = storage.queue.wait(600_000);
    await restart();
    await sleeping;
    const queries = openTestPool({ connectionString: cluster.url, max: 1 });
    const listening = "select from pg_stat_activity where query = 'listen salesagent_flows_salesagent'";
    while ((await queries.query(listening)).rowCount === 0) {
      await insist(async () => void (await storage.queue.claim(want())));
      await storage.queue.wait(50);
    }
    await queries.end();
    await storage.queue.claim(want());
    const woken = storage.queue.wait(600_000);
    await flows.create(flowStart("after"));
    await woken;
    expect(await storage.queue.claim(want())).toMatchObject([{ id: "after" }]);
  }, 60_000);
});

describe("a host's pool", () => {
  it("lends one connection for good where it has two, and none where it has but one", async () => {
    const busy = openTestPool({ connectionString: cluster.url, max: 1 });
    await using polling = postgres({ pool: busy, pollMs: 20 });
    await polling.queue.wait(600_000);
    expect(await polling.queue.claim(want())).toEqual([]);
    await busy.end();

    const wide = openTestPool({ connectionString: cluster.url, max: 2 });
    const listening = postgres({ pool: wide });
    await listening.queue.wait(600_000);
    expect([wide.totalCount, wide.idleCount]).toEqual([1, 0]);
    expect(await listening.queue.claim(want())).toEqual([]);
    await listening[Symbol.asyncDispose]();
    expect(wide.totalCount).toBe(1);
    await wide.end();
  });
});
