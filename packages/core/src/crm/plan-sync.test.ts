import { createCrmDouble, manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createSyncContext } from "./create-sync-context.js";
import { planSync } from "./plan-sync.js";
import type { PlannedWrite } from "./planned-write.js";
import { syncCycle } from "./sync-cycle.js";
import { CONVERGENCE_TRAITS } from "./testing/convergence-traits.js";
import { ConvergenceWorld } from "./testing/convergence-world.js";

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
        const told = { seed, round, created: planned("crm", "create"), removed: planned("crm", "remove") };
        expect(told).toEqual({
          ...{ seed, round, created: counts.createdInCrm },
          removed: made.filter(({ op }) => op === "remove").length,
        });
        expect(planned("app", "create")).toBe(counts.createdInApp);
        world.pass(60_000);
      }
    }
  });
});
