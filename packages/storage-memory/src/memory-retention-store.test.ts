import { manualClock } from "@salesagent/conformance";
import type { Storage, TenantStorage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const START = Date.UTC(2026, 0, 5, 12);
const LEASE = "2027-01-01T00:00:00.000Z";
const GRAPHS = [{ name: "sales", versions: ["1"] }];

/** The instant some seconds after the start. */
const at = (second: number) => new Date(START + second * 1000).toISOString();

async function endOne(storage: Storage, { flows }: TenantStorage, id: string): Promise<void> {
  await flows.create({ id, graph: "sales", version: "1", input: 1 });
  const [claim] = await storage.queue.claim({ owner: "w", leaseMs: 1000, limit: 1, graphs: GRAPHS });
  await flows.commit({
    ...{ id, fence: claim?.fence ?? 0, checkpoint: { seq: 1, delta: 1, at: at(0) } },
    rest: { status: "cancelled" },
  });
}

/** Something of each kind in each of these seconds, in their order, named by its second. */
async function play(seconds: readonly number[]) {
  const clock = manualClock(START);
  const storage = memoryStorage({ clock });
  const acme = storage.tenant("acme");
  for (const second of [...seconds].sort((left, right) => left - right)) {
    clock.advance(START + second * 1000 - clock.now());
    const id = `${second}`;
    await endOne(storage, acme, id);
    await acme.effects.claim({ key: id, effect: "e", target: "t", input: 1, owner: "w", leaseUntil: LEASE });
    await acme.effects.settle(id, "w", { status: "done", result: 1 });
    await acme.budgets.reserve({
      ...{ id, claims: [{ key: id, limits: {} }], leaseUntil: LEASE },
      amounts: { nanoUsd: 0, tokens: 0, calls: 1 },
    });
    await acme.budgets.settle(id, { nanoUsd: 0, tokens: 0, calls: 1 });
  }
  return { clock, acme };
}

async function namesOf({ flows, effects, budgets }: TenantStorage) {
  const lines = await budgets.read(["1", "2", "3", "4"]);
  return {
    flows: (await flows.list()).items.map(({ id }) => id).sort(),
    effects: (await effects.list()).items.map(({ key }) => key).sort(),
    budgets: lines.filter(({ spent }) => spent.calls > 0).map(({ key }) => key),
  };
}

describe("retention by the storage's clock", () => {
  it("goes by the very millisecond at which something ended", async () => {
    const { acme } = await play([1, 2, 3]);
    const before = await namesOf(acme);
    const upTo = (time: string) => ({ flows: time, effects: time, budgets: time });
    expect(await acme.retention.prune(upTo(at(1)))).toMatchObject({ flows: 0, effects: 0, budgets: 0 });
    expect(await namesOf(acme)).toEqual(before);
    const counts = await acme.retention.prune(upTo(at(2)));
    expect(counts).toMatchObject({ flows: 1, effects: 1, budgets: 1 });
    const left = ["2", "3"];
    expect(await namesOf(acme)).toEqual({ flows: left, effects: left, budgets: left });
  });

  it("drops what ended first, first", async () => {
    const { acme } = await play([1, 2, 3, 4]);
    await acme.retention.prune({ checkpoints: at(9), limit: 1 });
    const lengths = async (ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => (await acme.flows.history(id)).items.length));
    expect(await lengths(["1", "2", "3", "4"])).toEqual([0, 1, 1, 1]);
    await acme.retention.prune({ flows: at(9), effects: at(9), budgets: at(9), limit: 3 });
    expect(await namesOf(acme)).toEqual({ flows: ["4"], effects: ["4"], budgets: ["4"] });
  });

  it("counts a line of a budget from its last reservation on", async () => {
    const { clock, acme } = await play([1]);
    clock.advance(60_000);
    await acme.budgets.reserve({
      ...{ id: "again", claims: [{ key: "1", limits: {} }], leaseUntil: LEASE },
      amounts: { nanoUsd: 0, tokens: 0, calls: 1 },
    });
    await acme.budgets.settle("again", { nanoUsd: 0, tokens: 0, calls: 1 });
    expect((await acme.retention.prune({ budgets: at(61) })).budgets).toBe(0);
    expect((await acme.retention.prune({ budgets: at(62) })).budgets).toBe(1);
  });

  it("keeps a line whose reservation lapsed at the time or later", async () => {
    const clock = manualClock(START);
    const { budgets, retention } = memoryStorage({ clock }).tenant("acme");
    await budgets.reserve({
      ...{ id: "1", claims: [{ key: "1", limits: {} }], leaseUntil: at(10) },
      amounts: { nanoUsd: 0, tokens: 0, calls: 1 },
    });
    clock.advance(60_000);
    expect((await retention.prune({ budgets: at(10) })).budgets).toBe(0);
    expect((await retention.prune({ budgets: at(11) })).budgets).toBe(1);
  });

  it("finds a fact until it is over, and drops it from then on", async () => {
    const clock = manualClock(START);
    const { facts, retention } = memoryStorage({ clock }).tenant("acme");
    const fact = { id: "1", subject: "s", text: "t", createdAt: at(0), expiresAt: at(10) };
    await facts.putMany([fact]);
    clock.advance(9_999);
    expect((await retention.prune({})).expired).toBe(0);
    expect((await facts.list()).items.length).toBe(1);
    clock.advance(1);
    expect((await facts.list()).items.length).toBe(0);
    expect((await retention.prune({})).expired).toBe(1);
  });
});

describe("erasure and transactions that overlap", () => {
  it("runs a transaction again that wrote over a record while it was erased", async () => {
    const acme = memoryStorage().tenant("acme");
    const who = "ada@fjord.example";
    const run = { agent: "bdr", status: "running" as const, startedAt: at(0) };
    await acme.runs.create({ ...run, id: "1", input: { to: who } });
    let tries = 0;
    await acme.transaction(async ({ runs }) => {
      const input = (await runs.get("1"))?.input ?? null;
      tries += 1;
      if (tries === 1) await acme.erasure.erase({ mentions: [who] });
      await runs.putMany([{ ...run, id: "1", input, output: "done" }]);
    });
    expect(tries).toBe(2);
    expect(await acme.runs.get("1")).toMatchObject({ input: { to: "[erased]" }, output: "done" });
  });
});
