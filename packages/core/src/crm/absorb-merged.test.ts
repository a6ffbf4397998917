import { expect, test } from "vitest";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

async function linkedPair() {
  const sync = openSync();
  const { world, storage, context, putInApp } = sync;
  await putInApp("company", "one", { name: "One", domain: "one.example" });
  await putInApp("company", "two", { name: "Two", domain: "two.example" });
  await syncCycle(context);
  const ids = new Map(
    world.records("company").map(({ id, fields }) => [(fields as { readonly name?: string }).name, id]),
  );
  const [one = "", two = ""] = [ids.get("One"), ids.get("Two")];
  const names = async () =>
    (await storage.records.list("company")).items.map(({ id, fields }) => `${id}: ${fields.name}`);
  return { ...sync, one, two, names };
}

test("an edit of the app that the CRM never had, of a record that is merged away, is on record", async () => {
  const { world, storage, context, putInApp, one, two, names } = await linkedPair();
  await putInApp("company", "two", { name: "Two by another name", domain: "two.example" });
  world.merge("company", one, two);
  await syncCycle(context);
  expect(await names()).toEqual(["one: One"]);
  expect((await storage.conflicts.list()).items).toMatchObject([
    {
      ...{ recordId: "one", crmId: one, field: "name", status: "settled", taken: "crm" },
      ...{ base: "Two", app: "Two by another name", crm: "One" },
    },
  ]);
  await syncCycle(context);
  expect(await storage.conflicts.count()).toBe(1);
});

test("a record whose double the app removed goes on when the CRM merges it into that one", async () => {
  const { world, storage, context, one, two, names, clock } = await linkedPair();
  await storage.records.writeMany([{ op: "remove", kind: "company", id: "one" }]);
  world.merge("company", one, two);
  for (let cycles = 0; cycles < 3; cycles++) {
    await syncCycle(context, { full: true });
    clock.advance(3_600_000);
  }
  expect(world.standing("company")).toEqual([one]);
  expect((await names()).map((name) => name.slice(0, 3))).toEqual(["two"]);
  const linked = await storage.links.list("double", { kind: "company", state: "linked" });
  expect(linked.items).toMatchObject([{ recordId: "two", crmId: one }]);
});
