import { manualClock } from "@salesagent/conformance";
import type { FlowClaim, FlowRecord, FlowStore, Storage } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const GRAPHS = [
  { name: "a", versions: ["1", "2"] },
  { name: "b", versions: ["1"] },
];
const ENDED: readonly string[] = ["completed", "failed", "cancelled"];

const deed = fc.oneof(
  fc.record({
    kind: fc.constant("create" as const),
    id: fc.nat(5),
    graph: fc.constantFrom("a", "b"),
    afterMs: fc.nat(50),
  }),
  fc.record({
    kind: fc.constant("claim" as const),
    limit: fc.integer({ min: 1, max: 3 }),
    leaseMs: fc.nat(40),
    graphs: fc.subarray(GRAPHS),
  }),
  fc.record({ kind: fc.constant("renew" as const), leaseMs: fc.nat(40) }),
  fc.record({
    kind: fc.constant("commit" as const),
    which: fc.nat(20),
    rest: fc.constantFrom("none", "waiting", "pending", "completed"),
    inMs: fc.option(fc.nat(50), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("deliver" as const), id: fc.nat(5), name: fc.constantFrom("x", "y") }),
  fc.record({ kind: fc.constant("stop" as const), id: fc.nat(5) }),
  fc.record({ kind: fc.constant("advance" as const), ms: fc.nat(30) }),
);
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

/** A storage of two tenants that deeds are done to; the flows of one are only written in transactions. */
class Play {
  readonly clock = manualClock();
  readonly storage: Storage = memoryStorage({ clock: this.clock });
  readonly claims: FlowClaim[] = [];
  readonly fences = new Map<string, number>();

  async act(play: Deed): Promise<void> {
    switch (play.kind) {
      case "create": {
        const { id, graph, afterMs } = play;
        const start = { id: `${id}`, graph, version: id % 2 === 0 ? "1" : "2", input: null };
        await this.#write(id, (flows) => flows.create({ ...start, dueAt: this.#in(afterMs) }));
        return;
      }
      case "claim":
        return this.#claim(play.limit, play.leaseMs, play.graphs);
      case "renew":
        await this.storage.queue.renew(this.claims, play.leaseMs);
        return;
      case "commit":
        return this.#commit(play);
      case "deliver":
        await this.#write(play.id, (flows) => flows.deliver(`${play.id}`, { name: play.name, payload: 1 }));
        return;
      case "stop":
        await this.#write(play.id, (flows) => flows.stop(`${play.id}`, { by: "ada", reason: "enough" }));
        return;
      case "advance":
        this.clock.advance(play.ms);
    }
  }

  async records(): Promise<readonly (FlowRecord & { readonly tenant: string })[]> {
    const lists = ["plain", "transacted"].map(async (tenant) => {
      const { items } = await this.storage.tenant(tenant).flows.list();
      return items.map((record) => ({ ...record, tenant }));
    });
    return (await Promise.all(lists)).flat();
  }

  now(): string {
    return this.#in(0);
  }

  #in(ms: number): string {
    return new Date(this.clock.now() + ms).toISOString();
  }

  #write(id: number, act: (flows: FlowStore) => Promise<unknown>) {
    const [plain, transacted] = [this.storage.tenant("plain"), this.storage.tenant("transacted")];
    return id < 3 ? act(plain.flows) : transacted.transaction(({ flows }) => act(flows));
  }

  async #claim(limit: number, leaseMs: number, graphs: typeof GRAPHS): Promise<void> {
    const nowText = this.now();
    const before = await this.records();
    const due = before
      .filter(({ graph, version, dueAt }) => {
        const isWanted = graphs.some(({ name, versions }) => name === graph && versions.includes(version));
        return isWanted && dueAt !== undefined && dueAt <= nowText;
      })
      .map(({ dueAt }) => dueAt)
      .sort();
    const claims = await this.storage.queue.claim({ owner: "me", leaseMs, limit, graphs });
    const dueOf = new Map(before.map(({ tenant, id, dueAt }) => [`${tenant}/${id}`, dueAt]));
    expect(claims.map(({ tenant, id }) => dueOf.get(`${tenant}/${id}`))).toEqual(due.slice(0, limit));
    for (const { tenant, id, fence } of claims) {
      expect(fence).toBe((this.fences.get(`${tenant}/${id}`) ?? 0) + 1);
      this.fences.set(`${tenant}/${id}`, fence);
    }
    this.claims.push(...claims);
  }

  async #commit({ which, rest, inMs }: Deed & { readonly kind: "commit" }): Promise<void> {
    const claim = this.claims[which % Math.max(1, this.claims.length)];
    if (claim === undefined) return;
    const { flows } = this.storage.tenant(claim.tenant);
    const record = await flows.get(claim.id);
    const dueAt = inMs === undefined ? {} : { dueAt: this.#in(inMs) };
    const rests = {
      none: {},
      waiting: { rest: { status: "waiting", awaiting: ["x"], ...dueAt } },
      pending: { rest: { status: "pending", dueAt: this.#in(inMs ?? 0) } },
      completed: { rest: { status: "completed", output: this.fences.size } },
    } as const;
    const checkpoint = { seq: (record?.seq ?? 0) + 1, delta: which, at: this.now() };
    const isHeld = record?.status === "running" && record.fence === claim.fence;
    const write = { id: claim.id, fence: claim.fence, checkpoint, ...rests[rest] };
    const outcome = await flows.commit(write).then(
      () => true,
      (error: unknown) => !SalesAgentError.is(error, "flow.fenced"),
    );
    expect(outcome).toBe(isHeld);
  }
}

describe("runs in memory, whatever happens to them", () => {
  it("are claimed when they are due, the earliest first, under rising fences, until they end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 80, size: "max" }), async (deeds) => {
        const play = new Play();
        for (const next of deeds) {
          const ended = (await play.records()).filter(({ status }) => ENDED.includes(status));
          await play.act(next);
          const after = await play.records();
          for (const record of ended) expect(after).toContainEqual(record);
          for (const { status, dueAt, owner, stop, awaiting } of after) {
            expect(owner !== undefined).toBe(status === "running");
            expect(awaiting.length > 0).toBe(status === "waiting");
            if (ENDED.includes(status)) expect(dueAt).toBe(undefined);
            else if (stop !== undefined && status !== "running")
              expect((dueAt ?? "~") <= play.now()).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
