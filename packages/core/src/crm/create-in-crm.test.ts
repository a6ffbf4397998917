import { describe, expect, it } from "vitest";
import { pullChanges } from "./pull-changes.js";
import { replayDeadLetter } from "./replay-dead-letter.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";
import { Chance, seeded } from "./testing/seeded.js";

const MINUTE_MS = 60_000;

describe("creates whose answers are lost", () => {
  it.each([
    ["read what was written", "strong", undefined],
    ["lag behind", "index", 30_000],
  ] as const)("make no record twice where lookups %s", async (_, consistency, lagMs) => {
    const chance = new Chance(seeded(5));
    let isFaulty = true;
    const lookup = [{ by: "email", consistency, ...(lagMs !== undefined && { lagMs }) }] as const;
    const { context, world, storage, putInApp, clock } = openSync({
      kinds: { contact: { lookup } },
      faults: ({ operation }) => {
        if (!isFaulty || operation !== "create" || !chance.happens(0.5)) return undefined;
        return { type: chance.happens(0.7) ? "response-lost" : "request-lost" };
      },
    });
    for (let index = 0; index < 200; index++) {
      await putInApp("contact", `c${index}`, { email: `p${index}@x.example`, firstName: `P${index}` });
    }
    for (let cycles = 0; cycles < 10; cycles++) {
      await syncCycle(context);
      clock.advance(10 * MINUTE_MS);
    }
    isFaulty = false;
    await syncCycle(context);
    expect(world.created("contact")).toBe(200);
    expect(await storage.records.count("contact")).toBe(200);
    expect(await storage.links.count("double", { kind: "contact" })).toEqual([
      { kind: "contact", state: "linked", links: 200, due: 0 },
    ]);
  });

  it("are found by the walk where nothing can be looked up, also once somebody edited them", async () => {
    const { context, world, storage, putInApp, clock } = openSync({ kinds: { deal: { lookup: [] } } });
    await putInApp("deal", "d1", { name: "Rollout", amountMinor: 500, currency: "EUR" });
    world.fail({ type: "response-lost" }, { on: "write" });
    await syncCycle(context);
    const [id = ""] = world.standing("deal");
    world.edit({ kind: "deal", id, fields: { amountMinor: 700 } });
    clock.advance(MINUTE_MS);
    await syncCycle(context);
    expect(world.standing("deal")).toEqual([id]);
    expect(await storage.records.get("deal", "d1")).toMatchObject({ fields: { amountMinor: 700 } });
    expect(await storage.records.count("deal")).toBe(1);
  });

  it("are not taken for a record of another person, who shares a name and a title", async () => {
    const person = (email: string) => ({ email, firstName: "John", lastName: email, title: "CTO" });
    const lookup = [{ by: "email", consistency: "index", lagMs: MINUTE_MS }] as const;
    const { context, world, storage, putInApp, clock } = openSync({ kinds: { contact: { lookup } } });
    await putInApp("contact", "lost", person("lost@x.example"));
    world.fail({ type: "request-lost" }, { on: "write" });
    await syncCycle(context);
    for (const name of ["theirs", "ours"])
      world.create({ kind: "contact", fields: person(`${name}@x.example`) });
    await putInApp("contact", "ours", person("ours@x.example"));
    await pullChanges(context, "contact");
    for (let cycles = 0; cycles < 4; cycles++) {
      clock.advance(10 * MINUTE_MS);
      await syncCycle(context);
    }
    const inApp = (await storage.records.list("contact")).items.map(({ id, fields }) => [id, fields.email]);
    expect(inApp).toContainEqual(["lost", "lost@x.example"]);
    expect(inApp).toContainEqual(["ours", "ours@x.example"]);
    expect(inApp).toHaveLength(3);
    expect(world.standing("contact")).toHaveLength(3);
    expect(await storage.deadLetters.count()).toBe(0);
  });

  it("are not taken for a record whose address another one of the app has, though all else is the same", async () => {
    const person = (email: string) => ({ email, firstName: "John", lastName: "Smith", title: "CTO" });
    const lookup = [{ by: "email", consistency: "index", lagMs: MINUTE_MS }] as const;
    const { context, world, storage, putInApp, clock } = openSync({ kinds: { contact: { lookup } } });
    await putInApp("contact", "lost", person("lost@x.example"));
    world.fail({ type: "request-lost" }, { on: "write" });
    await syncCycle(context);
    world.create({ kind: "contact", fields: person("ours@x.example") });
    await putInApp("contact", "ours", person("ours@x.example"));
    await pullChanges(context, "contact");
    for (let cycles = 0; cycles < 4; cycles++) {
      clock.advance(10 * MINUTE_MS);
      await syncCycle(context);
    }
    for (const id of ["lost", "ours"]) {
      expect((await storage.records.get("contact", id))?.fields.email).toBe(`${id}@x.example`);
    }
    expect(world.standing("contact")).toHaveLength(2);
    expect(await storage.deadLetters.count()).toBe(0);
  });

  it("ask a person where nothing can tell, and are made when that person has looked", async () => {
    const { context, world, storage, putInApp, clock } = openSync({
      kinds: { deal: { lookup: [], changes: false, list: false } },
    });
    await putInApp("deal", "d1", { name: "Rollout" });
    world.fail({ type: "response-lost" }, { on: "write" });
    await syncCycle(context);
    world.remove("deal", "deal-1");
    for (let cycles = 0; cycles < 3; cycles++) {
      await syncCycle(context);
      clock.advance(10 * MINUTE_MS);
    }
    const [letter] = (await storage.deadLetters.list()).items;
    expect(letter).toMatchObject({ operation: "create", recordId: "d1", status: "open" });
    expect(letter?.error.message).toContain("by hand");
    expect(world.calls("create")).toBe(1);
    await replayDeadLetter(context, { id: letter?.id ?? "", by: "user:1" });
    await syncCycle(context);
    expect(world.standing("deal")).toHaveLength(1);
  });

  it("take the record that the CRM has already, and say so of one that belongs to another", async () => {
    const { context, world, storage, putInApp } = openSync({ unique: { contact: ["email"] } });
    await putInApp("contact", "c1", { email: "ada@x.example" });
    await putInApp("contact", "c2", { email: "ada@x.example" });
    await syncCycle(context);
    expect(world.standing("contact")).toHaveLength(1);
    const [letter] = (await storage.deadLetters.list()).items;
    expect(letter).toMatchObject({ operation: "create", error: { code: "crm.exists" } });
  });
});
