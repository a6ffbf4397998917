import { durableFlows, END, type FlowStorage, field, START, StateGraph } from "@salesagent/core/graph";
import { afterAll, describe, expect, it, vi } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase } from "./testing/test-database.js";

const database = await createTestDatabase();
const storage = postgres({ connectionString: database.url });
await storage.migrate();
afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const tenant = "acme";
/** A lease that no busy machine is too slow for; where a process dies, it is ended by hand. */
const settings = { leaseMs: 60_000, pollMs: 50 };
const END_LEASE = "update salesagent.flow_queue set due_at = now() where id = $1";

/** Fifty steps in a loop; each tells that it ran, and after the one at the border it waits to be let through. */
function relay(ran: string[], border: () => Promise<void>) {
  return new StateGraph({
    trail: field<string[]>({ reduce: (all, more) => [...all, ...more], default: () => [] }),
  })
    .addNode("step", async ({ trail }, ctx) => {
      const name = await ctx.step("work", () => {
        ran.push(`${trail.length}`);
        return `s${trail.length}`;
      });
      if (trail.length === 20) await border();
      return { trail: [name] };
    })
    .addEdge(START, "step")
    .addConditionalEdges("step", ({ trail }) => (trail.length < 50 ? "step" : END), ["step", END]);
}

/** A process that dies: from then on nothing of it reaches the storage. */
function mortal(inner: FlowStorage): { readonly storage: FlowStorage; die(): void } {
  let dead = false;
  const never = new Promise<never>(() => {});
  const guard = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => (dead ? never : value.apply(target, args));
      },
    });
  return {
    storage: { queue: guard(inner.queue), tenant: (id) => ({ flows: guard(inner.tenant(id).flows) }) },
    die() {
      dead = true;
    },
  };
}

describe("graphs in Postgres", () => {
  it("go on in another process from the last finished step, without being told", async () => {
    const ran: string[] = [];
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const first = mortal(storage);
    const dying = durableFlows({ storage: first.storage, ...settings });
    const stay = () => {
      arrive();
      return new Promise<void>(() => {});
    };
    const left = relay(ran, stay).compile({ name: "relay", recursionLimit: 60, checkpointer: dying });
    left.invoke({}, { tenant, runId: "r1" }).catch(() => {});
    await arrived;
    first.die();
    await database.query(END_LEASE, ["r1"]);

    await using living = durableFlows({ storage, ...settings });
    const taken = relay(ran, async () => {}).compile({
      ...{ name: "relay", recursionLimit: 60, checkpointer: living },
    });
    living.work();
    await vi.waitFor(
      async () => expect(await taken.getState("r1", { tenant })).toMatchObject({ status: "completed" }),
      { timeout: 10_000 },
    );
    const view = await taken.getState("r1", { tenant });
    expect(view?.state.trail).toEqual(Array.from({ length: 50 }, (_, index) => `s${index}`));
    expect(ran).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
  });

  it("are refused to who had been paused for longer than his lease", async () => {
    const { flows } = storage.tenant(tenant);
    await flows.create({ id: "r2", graph: "paused", version: "1", input: {} });
    const want = { limit: 1, graphs: [{ name: "paused", versions: ["1"] }] };
    const [before] = await storage.queue.claim({ owner: "paused", leaseMs: 0, ...want });
    const [after] = await storage.queue.claim({ owner: "awake", leaseMs: 60_000, ...want });
    const rest = { status: "completed", output: "late" } as const;

    await expect(flows.commit({ id: "r2", fence: before?.fence ?? 0, rest })).rejects.toMatchObject({
      code: "flow.fenced",
    });
    await flows.commit({ id: "r2", fence: after?.fence ?? 0, rest: { status: "completed", output: "once" } });
    expect(await flows.get("r2")).toMatchObject({ output: "once" });
  });
});
