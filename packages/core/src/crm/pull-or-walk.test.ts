import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const tooLate = new SalesAgentError("crm.walk_incomplete", {
  message: "The double's feed does not reach back so far.",
  facts: { crm: "double", kind: "contact", reason: "the cursor is too old" },
  replay: "safe",
});
const PAUSE_MS = 40 * 86_400_000;

/** A sync that rested for longer than the CRM's feed reaches back, while its users went on. */
async function afterPause(listFailsOn: number | undefined = undefined) {
  let isTooLate = false;
  let lists = 0;
  const cut = new Error("the process ended");
  const sync = openSync({
    pageSize: 2,
    faults: ({ operation, kind }) => {
      if (kind !== "contact") return undefined;
      if (operation === "changes" && isTooLate) {
        isTooLate = false;
        return { type: "throw", error: tooLate, when: "before" };
      }
      if (operation === "list" && listFailsOn !== undefined && sync.clock.elapsed() >= PAUSE_MS) {
        lists += 1;
        if (lists === listFailsOn) return { type: "throw", error: cut, when: "before" };
      }
      return undefined;
    },
  });
  const { context, world, clock, storage } = sync;
  const titles = async () =>
    (await storage.records.list("contact")).items.map(({ fields }) => fields.title).toSorted();
  for (const title of ["A", "B", "C"]) world.create({ kind: "contact", fields: { title } });
  await syncCycle(context);
  world.edit({ kind: "contact", id: "contact-1", fields: { title: "A2" } });
  world.remove("contact", "contact-2");
  world.create({ kind: "contact", fields: { title: "D" } });
  clock.advance(PAUSE_MS);
  isTooLate = true;
  return { ...sync, cut, titles };
}

describe("a feed that does not reach back", () => {
  it("gives way to a walk, which finds what was made, changed and removed, and the feed goes on after it", async () => {
    const { context, world, titles } = await afterPause();
    await syncCycle(context);
    expect(await titles()).toEqual(["A2", "C", "D"]);
    world.edit({ kind: "contact", id: "contact-3", fields: { title: "C2" } });
    await syncCycle(context);
    expect(await titles()).toEqual(["A2", "C2", "D"]);
  });

  it("is told where it refuses what has begun only now, since a walk would change nothing", async () => {
    const { context } = openSync({
      faults: ({ operation }) =>
        operation === "changes" ? { type: "throw", error: tooLate, when: "before" } : undefined,
    });
    await expect(syncCycle(context)).rejects.toMatchObject({ code: "crm.walk_incomplete" });
  });

  it.each([1, 2])(
    "gives way to a walk that the next sync takes up where page %i of it was cut off",
    async (page) => {
      const { context, cut, titles } = await afterPause(page);
      await expect(syncCycle(context)).rejects.toBe(cut);
      await syncCycle(context);
      expect(await titles()).toEqual(expect.arrayContaining(["A2", "C", "D"]));
    },
  );
});
