import { createCrmDouble, manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createSyncContext } from "./create-sync-context.js";
import { planSync } from "./plan-sync.js";
import type { PlannedWrite } from "./planned-write.js";
import { allowRemovals } from "./settle-removals.js";
import { syncCycle } from "./sync-cycle.js";
import { CONVERGENCE_TRAITS } from "./testing/convergence-traits.js";
import { ConvergenceWorld } from "./testing/convergence-world.js";
import { openSync } from "./testing/open-sync.js";

const tooLate = new SalesAgentError("crm.walk_incomplete", {
  message: "The double's feed does not reach back so far.",
  facts: { crm: "double", kind: "contact", reason: "the cursor is too old" },
  replay: "safe",
});

async function planOf(context: Parameters<typeof planSync>[0]): Promise<readonly PlannedWrite[]> {
  const writes: PlannedWrite[] = [];
  for await (const write of planSync(context)) writes.push(write);
  return writes;
}

describe("planSync", () => {
  it("tells each write with what stands and what would, and writes nothing", async () => {
    const clock = manualClock();
    const { provider, world } = createCrmDouble({ clock });
    const storage = memoryStorage({ clock }).tenant("acme");
    const context = createSyncContext({ connection: "double", provider, storage, clock });
    const id = world.create({ kind: "contact", fields: { email: "ada@x.example", title: "CIO" } });
    expect(await planOf(context)).toEqual([
      {
        ...{ side: "app", op: "create", kind: "contact", crmId: id },
        changes: { email: { from: null, to: "ada@x.example" }, title: { from: null, to: "CIO" } },
      },
    ]);
    await syncCycle(context);
    world.edit({ kind: "contact", id, fields: { title: "CTO" } });
    const { items } = await storage.records.list("contact");
    expect(await planOf(context)).toEqual([
      {
        ...{ side: "app", op: "update", kind: "contact", recordId: items[0]?.id, crmId: id },
        changes: { title: { from: "CIO", to: "CTO" } },
      },
    ]);
    expect((await storage.records.list("contact")).items).toEqual(items);
    expect(world.writes()).toEqual([]);
  });

  it("tells removals that would be held, and those that are held, as such", async () => {
    const { context, world, storage } = openSync({ pageSize: 10 });
    for (let index = 0; index < 40; index++) {
      world.create({ kind: "contact", fields: { title: `T${index}` } });
    }
    await syncCycle(context);
    for (let index = 1; index <= 11; index++) world.remove("contact", `contact-${index}`);
    const held = Array(11).fill({ side: "app", op: "remove", held: true });

    expect(await planOf(context)).toMatchObject(held);
    expect((await syncCycle(context)).braked).toHaveLength(1);
    expect(await planOf(context)).toMatchObject(held);

    world.restore("contact", "contact-1");
    const fewer = await planOf(context);
    expect(fewer.filter(({ op }) => op === "remove")).toHaveLength(10);
    expect(fewer.filter(({ held: isHeld }) => isHeld)).toEqual([]);

    world.remove("contact", "contact-1");
    await allowRemovals(context, { kind: "contact", by: "user:1" });
    const allowed = await planOf(context);
    expect(allowed).toHaveLength(11);
    expect(allowed.filter(({ held: isHeld }) => isHeld)).toEqual([]);
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(29);
    expect(await planOf(context)).toEqual([]);
  });

  it("walks over all records where a sync would, as the feed does not reach back", async () => {
    let isTooLate = false;
    const { context, world } = openSync({
      pageSize: 2,
      faults: ({ operation, kind }) =>
        isTooLate && operation === "changes" && kind === "contact"
          ? { type: "throw", error: tooLate, when: "before" }
          : undefined,
    });
    for (const title of ["A", "B", "C"]) world.create({ kind: "contact", fields: { title } });
    await syncCycle(context);
    world.edit({ kind: "contact", id: "contact-1", fields: { title: "A2" } });
    world.remove("contact", "contact-2");
    world.create({ kind: "contact", fields: { title: "D" } });
    isTooLate = true;

    const planned = (await planOf(context)).map(({ op, crmId }) => `${op} ${crmId}`);
    expect(planned.toSorted()).toEqual(["create contact-4", "remove contact-2", "update contact-1"]);
  });

  it("tells just what the sync writes, whatever the users did", async () => {
    const [traits] = CONVERGENCE_TRAITS;
    if (!traits) throw new Error("no traits");
    for (const seed of [1, 2, 3, 4]) {
      const world = new ConvergenceWorld(traits, seed);
      for (let round = 0; round < 8; round++) {
        for (let count = 0; count < 6; count++) await world.act();
        const context = world.context();
        const plan = await planOf(context);
        const before = world.crm.world.writes().length;
        const { counts } = await syncCycle(context);
        const planned = (side: string, op: string) =>
          plan.filter((write) => write.side === side && write.op === op).length;
        const made = world.crm.world.writes().slice(before);
        const removed = made.filter(({ op }) => op === "remove").length;
        expect({ seed, round, removed: planned("crm", "remove") }).toEqual({ seed, round, removed });
        // What waits for a company is made in the same sync where the company is.
        const created = counts.createdInCrm - planned("crm", "create");
        expect(created, `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(0);
        expect(created, `seed ${seed}, round ${round}`).toBeLessThanOrEqual(planned("crm", "wait"));
        expect(planned("app", "create")).toBe(counts.createdInApp);
        world.pass(60_000);
      }
    }
  });
});
