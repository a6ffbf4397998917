import { type FlowClaim, SalesAgentError } from "@salesagent/ports";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresStorage, postgres } from "./postgres.js";
import { emptyTables } from "./testing/emptied-storage.js";
import { begin, flowStart, SALES, want } from "./testing/flow-runs.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

const PROCESSES = 4;
const LONG_AGO = "2001-01-01T00:00:00.000Z";
const FAR_AHEAD = "2999-01-01T00:00:00.000Z";

let database: TestDatabase;
let storages: readonly PostgresStorage[];

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

/** Storages of processes of their own, as far as the server can tell. */
beforeEach(async () => {
  await emptyTables(database);
  storages = Array.from({ length: PROCESSES }, () =>
    postgres({ connectionString: database.url, maxConnections: 4 }),
  );
});

afterEach(() => Promise.all(storages.map((storage) => storage[Symbol.asyncDispose]())));
afterAll(() => database[Symbol.asyncDispose]());

function processOf(index: number): PostgresStorage {
  const storage = storages[index % PROCESSES];
  if (storage === undefined) throw new Error("no such process");
  return storage;
}

/** Acts so many times at once, in turn from each process. */
function atOnce<T>(
  count: number,
  act: (storage: PostgresStorage, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(processOf(index), index)));
}

describe("runs that four processes claim at once", () => {
  it("go to one worker each, of 300 that claim two at a time", async () => {
    await atOnce(400, (storage, index) =>
      storage.tenant(`tenant-${index % 7}`).flows.create(flowStart(`${index}`)),
    );
    const claimed = (
      await atOnce(300, (storage, index) => storage.queue.claim(want({ owner: `${index}`, limit: 2 })))
    ).flat();
    const left = (await atOnce(PROCESSES, (storage) => storage.queue.claim(want()))).flat();
    const all = [...claimed, ...left];
    expect(all.length).toBe(400);
    expect(new Set(all.map(({ tenant, id }) => `${tenant} ${id}`)).size).toBe(400);
    expect(all.every(({ fence }) => fence === 1)).toBe(true);
  });

  it("are worked on by one at a time, however often their leases are over", async () => {
    await atOnce(20, (storage, index) => storage.tenant("acme").flows.create(flowStart(`${index}`)));
    const written = await atOnce(200, async (storage, index) => {
      const { flows } = storage.tenant("acme");
      const claims = await storage.queue.claim(want({ owner: `${index}`, leaseMs: 0, limit: 3 }));
      const outcomes = await Promise.allSettled(
        claims.map(async ({ id, fence }) => {
          const { record } = await flows.load(id, fence);
          await flows.commit({ id, fence, checkpoint: { seq: record.seq + 1, delta: fence, at: LONG_AGO } });
          return id;
        }),
      );
      for (const outcome of outcomes) {
        if (outcome.status === "rejected")
          expect(SalesAgentError.is(outcome.reason, "flow.fenced")).toBe(true);
      }
      return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    });
    const { flows } = processOf(0).tenant("acme");
    for (let index = 0; index < 20; index++) {
      const history = (await flows.history(`${index}`, { limit: 1000 })).items;
      const fences = history.map(({ delta }) => Number(delta));
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, place) => place + 1));
      expect(fences).toEqual([...new Set(fences)].sort((left, right) => left - right));
      expect(written.flat().filter((id) => id === `${index}`).length).toBe(history.length);
    }
  });

  it("wake for each event that comes while they begin to wait", async () => {
    const claims = [];
    for (let index = 0; index < 100; index++) {
      const { queue, tenant } = processOf(index);
      claims.push(await begin(tenant("acme").flows, queue, `${index}`));
    }
    await Promise.all(
      claims.flatMap(({ id, fence }, index) => [
        processOf(index)
          .tenant("acme")
          .flows.commit({ id, fence, rest: { status: "waiting", awaiting: ["answer"], dueAt: FAR_AHEAD } }),
        processOf(index + 1)
          .tenant("acme")
          .flows.deliver(id, { name: "answer", payload: index }),
        processOf(index + 2)
          .tenant("acme")
          .flows.deliver(id, { name: "other", payload: index }),
      ]),
    );
    const woken = await processOf(3).queue.claim(want());
    expect(woken.length).toBe(100);
    for (const { id, fence } of woken) {
      const { events } = await processOf(0).tenant("acme").flows.load(id, fence);
      expect(events.map(({ name }) => name).sort()).toEqual(["answer", "other"]);
    }
  });

  it("keep their leases and writes when one process renews all that others write to", async () => {
    const claims: FlowClaim[] = [];
    for (let index = 0; index < 40; index++) {
      claims.push(await begin(processOf(0).tenant("acme").flows, processOf(0).queue, `${index}`));
    }
    const renewals = Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        processOf(index).queue.renew(index % 2 === 0 ? claims : [...claims].reverse(), 3_600_000),
      ),
    );
    await atOnce(200, (storage, index) => {
      const claim = claims[index % claims.length];
      if (claim === undefined) throw new Error("no such claim");
      const { id, fence } = claim;
      return storage.tenant("acme").flows.commit({ id, fence, steps: [{ key: `${index}`, value: index }] });
    });
    expect((await renewals).flat()).toEqual([]);
    const state = await processOf(1).tenant("acme").flows.load("7", 1);
    expect(state.steps.map(({ value }) => Number(value)).sort((left, right) => left - right)).toEqual([
      7, 47, 87, 127, 167,
    ]);
  });
});

describe("effects that four processes claim at once", () => {
  const effect = (key: string, owner: string) => {
    const what = { effect: "email_send", target: "ada@fjord.example", input: "Hello" };
    return { key, owner, leaseUntil: FAR_AHEAD, ...what };
  };

  it("are granted to one of 200, and after a failure to one more", async () => {
    const claimAll = async () => {
      const claims = await atOnce(200, (storage, index) =>
        storage.tenant("acme").effects.claim(effect("mail", `${index}`)),
      );
      const granted = claims.filter((claim) => claim.granted);
      const [owner] = granted.map(({ record }) => record.owner);
      expect(granted.length).toBe(1);
      expect(new Set(claims.map(({ record }) => record.owner))).toEqual(new Set([owner]));
      return owner ?? "";
    };
    const first = await claimAll();
    const { effects } = processOf(0).tenant("acme");
    await effects.settle("mail", first, { status: "failed", error: { code: "x", message: "refused" } });
    await claimAll();
    expect((await effects.get("mail"))?.attempts).toBe(2);
  });

  it("are taken in hand by one of 100 once their outcome is unknown", async () => {
    await processOf(0)
      .tenant("acme")
      .effects.claim({ ...effect("mail", "dead"), leaseUntil: LONG_AGO });
    const claims = await atOnce(100, (storage, index) =>
      storage.tenant("acme").effects.reconcile("mail", `${index}`, FAR_AHEAD),
    );
    expect(claims.filter((claim) => claim?.granted).length).toBe(1);
  });

  it.each(["read-committed", "serializable"] as const)(
    "keep to a cap that a gate counts in the %s transaction that claims",
    async (isolation) => {
      const { effects } = processOf(0).tenant("acme");
      for (let index = 0; index < 5; index++) {
        await effects.claim(effect(`done-${index}`, "me"));
        await effects.settle(`done-${index}`, "me", { status: "done", result: null });
      }
      const granted = await atOnce(40, (storage, index) =>
        storage.tenant("acme").transaction(
          async (stores) => {
            const count = { target: "ada@fjord.example", since: LONG_AGO, forGate: true };
            if ((await stores.effects.countDone(count)) >= 10) return false;
            return (await stores.effects.claim(effect(`mail-${index}`, "me"))).granted;
          },
          { isolation },
        ),
      );
      expect(granted.filter(Boolean).length).toBe(5);
    },
  );

  it("count for a gate what is being done and what became unknown of late, and for others what is done", async () => {
    const { effects } = processOf(0).tenant("acme");
    const target = "ada@fjord.example";
    for (const key of ["claimed", "done", "failed", "unknown"]) await effects.claim(effect(key, "me"));
    await effects.claim({ ...effect("other", "me"), effect: "slack_post" });
    await effects.claim({ ...effect("elsewhere", "me"), target: "bob@fjord.example" });
    const error = { code: "x", message: "y" };
    await effects.settle("done", "me", { status: "done", result: 1 });
    await effects.settle("failed", "me", { status: "failed", error });
    await effects.settle("unknown", "me", { status: "unknown", error });
    const countAll = (since: string, forGate: boolean, name?: string) =>
      effects.countDone({ target, since, forGate, ...(name === undefined ? {} : { effect: name }) });
    expect(await countAll(LONG_AGO, false)).toBe(1);
    expect(await countAll(LONG_AGO, true)).toBe(4);
    expect(await countAll(LONG_AGO, true, "email_send")).toBe(3);
    expect(await countAll(FAR_AHEAD, true)).toBe(2);
    expect(await countAll(FAR_AHEAD, false)).toBe(0);
  });
});

describe("approvals that four processes reach for at once", () => {
  it("are decided once and used once", async () => {
    const request = { agent: "bdr", tool: "email_send", callId: "1", arguments: {}, argumentsHash: "hash" };
    const times = { requestedAt: LONG_AGO, expiresAt: FAR_AHEAD };
    await atOnce(20, (storage) =>
      storage.tenant("acme").approvals.request({ id: "1", ...request, ...times }),
    );
    const decided = await atOnce(100, (storage, index) =>
      storage.tenant("acme").approvals.decide("1", { status: "approved", by: `person-${index}` }),
    );
    const used = await atOnce(100, (storage) => storage.tenant("acme").approvals.use("1", "hash"));
    expect([decided, used].map((list) => list.filter((record) => record !== undefined).length)).toEqual([
      1, 1,
    ]);
  });
});

describe("a worker of one graph", () => {
  it("is not kept from its runs by those of others that nobody takes", async () => {
    const { flows } = processOf(0).tenant("acme");
    await atOnce(200, (storage, index) =>
      storage.tenant("acme").flows.create(flowStart(`old-${index}`, { version: "0", dueAt: LONG_AGO })),
    );
    await flows.create(flowStart("new"));
    const claims = await processOf(1).queue.claim({ owner: "me", leaseMs: 1000, limit: 1, graphs: SALES });
    expect(claims.map(({ id }) => id)).toEqual(["new"]);
  });
});
