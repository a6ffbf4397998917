import { describe, expect, it } from "vitest";
import { openApp } from "./testing/open-app.js";

const DECIDED = { by: "user:42" };

async function withConflict() {
  const app = openApp();
  const id = app.world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@x.example" } });
  await app.sync.run("close").result();
  const [record] = (await app.acme.records.list("contact")).items;
  await app.putContact(record?.id ?? "", { firstName: "App", email: "ada@x.example" });
  app.world.edit({ kind: "contact", id, fields: { firstName: "Crm" } });
  await app.sync.run("close").result();
  const [conflict] = (await app.sync.conflicts.list({ status: "open" })).items;
  return { ...app, id, recordId: record?.id ?? "", conflict: conflict?.id ?? "" };
}

describe("conflicts of a tenant", () => {
  it.each([
    [{ take: "app" } as const, "App"],
    [{ take: "crm" } as const, "Crm"],
    [{ value: "Augusta" } as const, "Augusta"],
  ])(
    "are settled by %o with the next run, on both sides, and the person is on the audit trail",
    async (choice, name) => {
      const { sync, world, acme, id, recordId, conflict } = await withConflict();
      await sync.conflicts.resolve(conflict, choice, DECIDED);
      await sync.run("close").result();
      expect(world.read("contact", id)?.fields.firstName).toBe(name);
      expect((await acme.records.get("contact", recordId))?.fields.firstName).toBe(name);
      expect((await sync.conflicts.list({ status: "open" })).items).toEqual([]);
      expect(await sync.conflicts.get(conflict)).toMatchObject({ status: "resolved", endedBy: "user:42" });
      const { items } = await acme.audit.list({ action: "conflict-resolved" });
      expect(items).toMatchObject([{ actor: "user:42" }]);
    },
  );

  it("are settled once, and only where they are", async () => {
    const { sync, conflict } = await withConflict();
    await sync.conflicts.resolve(conflict, { take: "app" }, DECIDED);
    const again = sync.conflicts.resolve(conflict, { take: "crm" }, DECIDED);
    await expect(again).rejects.toMatchObject({ code: "store.stale_revision" });
    const other = sync.conflicts.resolve("nobody", { take: "crm" }, DECIDED);
    await expect(other).rejects.toMatchObject({ code: "store.not_found", facts: { id: "nobody" } });
  });
});

describe("dead letters of a tenant", () => {
  it("are replayed against what stands now", async () => {
    const { sync, world, putContact, acme } = openApp({
      refuses: (_, fields) => (fields["title"] === "Baron" ? "title" : undefined),
    });
    await putContact("bo", { firstName: "Bo", title: "Baron" });
    await sync.run("close").result();
    const [letter] = (await sync.deadLetters.list({ status: "open" })).items;
    expect(letter).toMatchObject({
      operation: "create",
      recordId: "bo",
      error: { code: "crm.field_invalid" },
    });
    await putContact("bo", { firstName: "Bo", title: "Head of Sales" });
    await sync.deadLetters.replay(letter?.id ?? "", DECIDED);
    await sync.run("close").result();
    expect(world.records("contact")).toMatchObject([{ fields: { title: "Head of Sales" } }]);
    expect(await sync.deadLetters.get(letter?.id ?? "")).toMatchObject({
      status: "replayed",
      endedBy: "user:42",
    });
    await expect(sync.deadLetters.replay("nobody", DECIDED)).rejects.toMatchObject({
      code: "store.not_found",
    });
    expect(await sync.deadLetters.drop(letter?.id ?? "", DECIDED)).toBe(false);
    const { items } = await acme.audit.list({ subject: `dead-letter:${letter?.id}` });
    expect(items).toMatchObject([{ actor: "user:42", action: "dead-letter-replayed" }]);
  });

  it("are dropped once, which goes on the audit trail", async () => {
    const { sync, putContact, acme } = openApp({ refuses: () => "title" });
    await putContact("bo", { firstName: "Bo", title: "Baron" });
    await sync.run("close").result();
    const [letter] = (await sync.deadLetters.list({ status: "open" })).items;
    expect(await sync.deadLetters.drop(letter?.id ?? "", DECIDED)).toBe(true);
    expect(await sync.deadLetters.drop(letter?.id ?? "", DECIDED)).toBe(false);
    const { items } = await acme.audit.list({ action: "dead-letter-dropped" });
    expect(items).toMatchObject([{ actor: "user:42", subject: `dead-letter:${letter?.id}` }]);
  });
});

describe("removals that are held", () => {
  it("are made once somebody says so, and are counted in the status until then", async () => {
    const { sync, world, acme } = openApp({}, { limits: { removals: 1, removalShare: 0 } });
    const ids = ["a", "b", "c"].map((firstName) => world.create({ kind: "contact", fields: { firstName } }));
    await sync.run("close").result();
    for (const id of ids) world.remove("contact", id);
    await sync.run("close").result();
    expect(await acme.records.count("contact")).toBe(3);
    expect(await sync.status()).toMatchObject([{ connection: "close", heldRemovals: 3 }]);
    expect(await sync.health()).toContainEqual(
      expect.objectContaining({
        name: "sync/close",
        status: "degraded",
        note: "3 removals wait for somebody's word",
      }),
    );
    expect(await sync.allowRemovals("close", "contact", DECIDED)).toBe(3);
    await sync.run("close").result();
    expect(await acme.records.count("contact")).toBe(0);
    expect(await sync.status()).toMatchObject([{ heldRemovals: 0 }]);
  });
});

describe("status and metrics", () => {
  it("tell what there is and what was done", async () => {
    const { sync, world, clock } = openApp();
    expect(await sync.status()).toEqual([
      { connection: "close", links: [], due: 0, openConflicts: 0, openDeadLetters: 0, heldRemovals: 0 },
    ]);
    const since = new Date(clock.now()).toISOString();
    world.create({ kind: "contact", fields: { firstName: "Ada" } });
    await sync.run("close").result();
    world.fail({ type: "unauthorised" }, { times: 100 });
    await sync
      .run("close")
      .result()
      .catch(() => "failed");
    expect(await sync.status()).toMatchObject([
      { links: [{ kind: "contact", state: "linked", links: 1 }], lastRun: { status: "failed" } },
    ]);
    expect(await sync.metrics(since)).toMatchObject([
      { connection: "close", runs: 2, completed: 1, failed: 1, counts: { created: 1 } },
    ]);
    expect(await sync.metrics("2999-01-01T00:00:00.000Z")).toMatchObject([{ runs: 0, perSecond: 0 }]);
  });
});
