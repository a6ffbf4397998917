import { createCrmDouble, manualClock } from "@salesagent/conformance";
import type { CrmContactFields } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, test } from "vitest";
import { createSyncContext } from "./create-sync-context.js";
import { isOtherForm } from "./likeness.js";
import { matchKeys } from "./match-keys.js";
import { syncCycle } from "./sync-cycle.js";
import { Chance, seeded } from "./testing/seeded.js";

const NAMES = ["one", "two"] as const;
type Name = (typeof NAMES)[number];

/** One app between two CRMs, each of which keeps telephone numbers and texts in a form of its own. */
function openBoth() {
  const clock = manualClock();
  const storage = memoryStorage({ clock }).tenant("acme");
  const phones = {
    one: (text: string) => `+${text.replace(/\D/g, "")}`,
    two: (text: string) => text.replace(/\D/g, "").replace(/^(\d{2})(\d{2})(\d+)$/, "+$1 ($2) $3"),
  };
  const sides = NAMES.map((name) => {
    const { provider, world } = createCrmDouble({
      ...{
        clock,
        provider: name,
        rewrites: [
          (field, value) => {
            if (typeof value !== "string") return value;
            if (field === "phone") return phones[name](value);
            return field === "title" && name === "two" ? value.toUpperCase() : value;
          },
        ],
      },
    });
    const limits = { removals: 1_000 };
    const context = createSyncContext({ connection: name, provider, storage, clock, limits });
    return [name, { world, context }] as const;
  });
  const { one, two } = Object.fromEntries(sides) as Record<Name, (typeof sides)[number][1]>;
  const sync = async () => {
    for (const { context } of [one, two]) await syncCycle(context);
    clock.advance(3_600_000);
  };
  const writes = () => one.world.writes().length + two.world.writes().length;
  const records = async () => (await storage.records.list("contact", { limit: 1_000 })).items;
  const edit = async (id: string, fields: CrmContactFields) => {
    const record = await storage.records.get("contact", id);
    if (!record) return;
    const draft = { ...record, fields: { ...record.fields, ...fields } };
    await storage.records.writeMany([{ op: "put", kind: "contact", id, draft, ifRevision: record.revision }]);
  };
  return { clock, storage, one, two, sync, writes, records, edit };
}

describe("an app between two CRMs", () => {
  test("carries an edit of one to the other once, whatever forms they keep", async () => {
    const { one, two, sync, writes, records } = openBoth();
    const id = one.world.create({
      kind: "contact",
      fields: { email: "ada@x.example", phone: "+49 30 123456", title: "Engineer" },
    });
    for (let round = 0; round < 3; round++) await sync();
    one.world.edit({ kind: "contact", id, fields: { phone: "+49 30 999999", title: "Head" } });
    const before = writes();
    for (let round = 0; round < 4; round++) await sync();
    // The edit, and what told the other CRM of it.
    expect(writes() - before).toBe(1);
    expect((await records())[0]?.fields).toMatchObject({ phone: "+4930999999", title: "Head" });
    expect(two.world.records("contact")[0]?.fields).toMatchObject({
      phone: "+49 (30) 999999",
      title: "HEAD",
    });
  });

  test("comes to rest in step, whoever edits and removes what", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const chance = new Chance(seeded(seed));
      const app = openBoth();
      let count = 0;
      const value = () => {
        count += 1;
        return chance.happens(0.5) ? { phone: `+49 30 ${100_000 + count}` } : { title: `Title ${count}` };
      };
      for (let act = 0; act < 60; act++) {
        const side = chance.pick([app.one, app.two, undefined]);
        const roll = chance.random();
        const fields = { email: `p${++count}@x.example`, ...value() };
        const id = side
          ? chance.pick(side.world.standing("contact"))
          : chance.pick((await app.records()).map((record) => record.id));
        if (roll < 0.3 && side) side.world.create({ kind: "contact", fields });
        else if (roll < 0.3) {
          const draft = { fields, keys: matchKeys("contact", fields) };
          await app.storage.records.writeMany([{ op: "put", kind: "contact", id: `app-${count}`, draft }]);
        } else if (id === undefined) continue;
        else if (roll < 0.36 && side) side.world.remove("contact", id);
        else if (roll < 0.36) await app.storage.records.writeMany([{ op: "remove", kind: "contact", id }]);
        else if (side) side.world.edit({ kind: "contact", id, fields: value() });
        else await app.edit(id, value());
        if (chance.happens(0.15)) await app.sync();
      }
      for (let round = 0; round < 4; round++) await app.sync();
      const before = app.writes();
      const revisions = (await app.records()).map(({ revision }) => revision);
      await app.sync();
      expect(app.writes()).toBe(before);
      expect((await app.records()).map(({ revision }) => revision)).toEqual(revisions);
      for (const { world, context } of [app.one, app.two]) {
        const links = await app.storage.links.list(context.connection, { kind: "contact" }, { limit: 1_000 });
        for (const { recordId, crmId, state } of links.items) {
          if (state !== "linked") continue;
          const ours = await app.storage.records.get("contact", recordId);
          const theirs = world.read("contact", crmId ?? "");
          for (const field of ["phone", "title", "email"] as const) {
            const said = `seed ${seed}: ${field} of ${recordId}: ${ours?.fields[field]} ${theirs?.fields[field]}`;
            const [a, b] = [ours?.fields[field], theirs?.fields[field]];
            expect(a === b || isOtherForm(a, b), said).toBe(true);
          }
        }
        const held = links.items.filter(({ state }) => state === "held").length;
        expect(world.standing("contact").length).toBeGreaterThanOrEqual((await app.records()).length - held);
      }
    }
  });
});
