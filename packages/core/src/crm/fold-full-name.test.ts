import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldRules } from "./default-rules.js";
import { type ConflictChoice, resolveConflict } from "./resolve-conflict.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const named = (firstName: string, lastName: string) => ({
  ...(firstName !== "" && { firstName }),
  ...(lastName !== "" && { lastName }),
  fullName: `${firstName} ${lastName}`.trim(),
});
const EMAIL = { email: "lena@x.example" };

/** A contact of one name on both sides, which both then give another. */
async function openNames(name: object, rules: FieldRules = {}) {
  const sync = openSync({}, { fields: { contact: rules } });
  const { context, world, storage, putInApp } = sync;
  const crmId = world.create({ kind: "contact", fields: { ...EMAIL, ...name } });
  await syncCycle(context);
  const [link] = await storage.links.findByCrmIds("double", "contact", [crmId]);
  const recordId = link?.recordId ?? "";
  return {
    ...sync,
    async edit(app: object, crm: object) {
      await putInApp("contact", recordId, { ...EMAIL, ...app });
      world.edit({ kind: "contact", id: crmId, fields: crm });
    },
    /** Twice, of which the second finds nothing to write. */
    async settle() {
      await syncCycle(context);
      const writes = world.writes().length;
      await syncCycle(context, { full: true });
      expect(world.writes()).toHaveLength(writes);
    },
    open: async () => (await storage.conflicts.list({ status: "open" })).items,
    resolve: (id: string, choice: ConflictChoice) => resolveConflict(context, { id, choice, by: "user:1" }),
    async names() {
      const app = (await storage.records.get("contact", recordId))?.fields ?? {};
      const crm = world.read("contact", crmId)?.fields ?? {};
      return [app, crm].map(({ firstName, lastName, fullName }) => ({ firstName, lastName, fullName }));
    },
  };
}

describe("a name that both sides edited", () => {
  it.each([
    [{ take: "app" }, "Lenka"],
    [{ take: "crm" }, "Helena"],
    [{ value: "Leni" }, "Leni"],
  ] as const)(
    "is one conflict, of the part, and whole again once a person chose %j",
    async (choice, first) => {
      const { edit, settle, open, resolve, names } = await openNames(named("Lena", "Zeman"));
      await edit(named("Lenka", "Zeman"), named("Helena", "Zeman"));
      await settle();
      const conflicts = await open();
      expect(conflicts).toMatchObject([{ field: "firstName", app: "Lenka", crm: "Helena" }]);
      expect(await names()).toMatchObject([{ fullName: "Lenka Zeman" }, { fullName: "Helena Zeman" }]);
      await resolve(conflicts[0]?.id ?? "", choice);
      await settle();
      expect(await open()).toEqual([]);
      expect(await names()).toEqual([named(first, "Zeman"), named(first, "Zeman")]);
    },
  );

  it("is no conflict where each edited another part", async () => {
    const { edit, settle, open, names } = await openNames(named("Lena", "Zeman"));
    await edit(named("Lenka", "Zeman"), named("Lena", "Kral"));
    await settle();
    expect(await open()).toEqual([]);
    expect(await names()).toEqual([named("Lenka", "Kral"), named("Lenka", "Kral")]);
  });

  it("takes the part that is no conflict, while the other is one", async () => {
    const { edit, settle, open, names } = await openNames(named("Lena", "Zeman"));
    await edit(named("Lenka", "Zeman"), named("Helena", "Kral"));
    await settle();
    expect(await open()).toMatchObject([{ field: "firstName" }]);
    expect(await names()).toEqual([named("Lenka", "Kral"), named("Helena", "Kral")]);
  });

  it("is no conflict where the two only divide it differently, and neither is told to divide it in the other's way", async () => {
    const sync = openSync();
    const { context, world, storage, putInApp } = sync;
    const name = { ...named("Mary Ann", "Smith"), ...EMAIL };
    await putInApp("contact", "c1", name);
    const id = world.create({ kind: "contact", fields: { ...named("Mary", "Ann Smith"), ...EMAIL } });
    await syncCycle(context);
    await syncCycle(context);
    expect((await storage.records.get("contact", "c1"))?.fields).toEqual(name);
    expect(world.read("contact", id)?.fields).toMatchObject(named("Mary", "Ann Smith"));
    expect(await storage.conflicts.count()).toBe(0);

    world.edit({ kind: "contact", id, fields: named("Maria", "Ann Smith") });
    await syncCycle(context);
    expect((await storage.records.get("contact", "c1"))?.fields.fullName).toBe("Maria Ann Smith");
  });

  it("is merged as it is where the full name says more than the parts, or the host has another rule for it", async () => {
    const titled = await openNames({ ...named("Lena", "Zeman"), fullName: "Dr. Lena Zeman" });
    await titled.edit(
      { ...named("Lenka", "Zeman"), fullName: "Dr. Lenka Zeman" },
      { ...named("Helena", "Zeman"), fullName: "Dr. Helena Zeman" },
    );
    await titled.settle();
    expect((await titled.open()).map(({ field }) => field).toSorted()).toEqual(["firstName", "fullName"]);

    const ruled = await openNames(named("Lena", "Zeman"), { fullName: { policy: "crm-wins" } });
    await ruled.edit(named("Lenka", "Zeman"), named("Helena", "Zeman"));
    await ruled.settle();
    expect(await ruled.names()).toMatchObject([{ fullName: "Helena Zeman" }, { fullName: "Helena Zeman" }]);
  });

  it("comes to one name on both sides, whatever each made of it and a person chose", async () => {
    const first = fc.constantFrom("Lena", "Lenka", "Mary Ann", "Helena");
    const last = fc.constantFrom("Zeman", "Kral", "de Vries", "");
    const name = fc.tuple(first, last).map(([one, other]) => named(one, other));
    const choice = fc.constantFrom<ConflictChoice>({ take: "app" }, { take: "crm" }, { value: "Leni" });
    await fc.assert(
      fc.asyncProperty(name, name, name, fc.infiniteStream(choice), async (before, app, crm, choices) => {
        const { edit, settle, open, resolve, names } = await openNames(before);
        // A CRM takes a value away by being told none.
        await edit(app, { lastName: null, ...crm });
        await settle();
        const conflicts = await open();
        expect(conflicts.map(({ field }) => field)).not.toContain("fullName");
        for (const { id } of conflicts) await resolve(id, choices.next().value);
        await settle();
        expect(await open()).toEqual([]);
        const [ours, theirs] = await names();
        expect(ours).toEqual(theirs);
        expect(ours?.fullName).toBe(`${ours?.firstName ?? ""} ${ours?.lastName ?? ""}`.trim());
      }),
    );
  });
});
