import { describe, expect, it } from "vitest";
import { eventsOf, openApp } from "./testing/open-app.js";

describe("a run of a sync", () => {
  it("brings both sides in step, tells how far it is, and keeps its record", async () => {
    const { sync, world, acme, putContact } = openApp({ totals: "exact" });
    world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@x.example" } });
    await putContact("bo", { firstName: "Bo", email: "bo@x.example" });
    const told = await eventsOf(sync.run("close"));
    expect(told.map(({ type }) => type).filter((type) => type !== "progress")).toEqual([
      "started",
      "completed",
    ]);
    expect(told).toContainEqual(
      expect.objectContaining({ type: "progress", phase: "backfill", kind: "contact", done: 1, total: 1 }),
    );
    expect(world.records("contact").map(({ fields }) => fields.email)).toEqual([
      "ada@x.example",
      "bo@x.example",
    ]);
    expect(
      (await acme.records.list("contact")).items.map(({ fields }) => fields.firstName).toSorted(),
    ).toEqual(["Ada", "Bo"]);
    const { items } = await sync.history({ connection: "close" });
    expect(items).toMatchObject([
      {
        status: "completed",
        trigger: "manual",
        counts: { created: 2, createdInCrm: 1 },
        connection: "close",
      },
    ]);
  });

  it("does nothing before it is read", async () => {
    const { sync, world } = openApp();
    sync.run("close");
    await Promise.resolve();
    expect(world.requests()).toBe(0);
    expect((await sync.history()).items).toEqual([]);
  });

  it("writes nothing the second time", async () => {
    const { sync, world, putContact } = openApp();
    await putContact("bo", { firstName: "Bo", email: "bo@x.example" });
    await sync.run("close").result();
    const before = world.writes().length;
    const { counts } = await sync.run("close").result();
    expect(world.writes()).toHaveLength(before);
    expect(counts).toMatchObject({ createdInApp: 0, updatedInApp: 0, createdInCrm: 0, updatedInCrm: 0 });
  });

  it("is on record as failed with what ended it, and tells the bus", async () => {
    const { sync, world, events } = openApp();
    const failed: string[] = [];
    events.on("sync-failed", ({ tenant, connection, error }) => failed.push(tenant, connection, error.code));
    world.fail({ type: "unauthorised" }, { times: 100 });
    await expect(sync.run("close").result()).rejects.toMatchObject({ code: "service.auth" });
    expect((await sync.history()).items).toMatchObject([
      { status: "failed", error: { code: "service.auth" } },
    ]);
    expect(failed).toEqual(["acme", "close", "service.auth"]);
  });

  it("ends with the caller's reason, is on record as stopped, and goes on the next time", async () => {
    const { sync, world, acme } = openApp({ pageSize: 2 });
    for (let index = 0; index < 9; index++)
      world.create({ kind: "contact", fields: { firstName: `P${index}` } });
    const [controller, reason] = [new AbortController(), new Error("enough")];
    const run = sync.run("close", { signal: controller.signal });
    const reading = eventsOf(run).catch((error: unknown) => error);
    const closing = (async () => {
      for await (const event of sync.run("close")) if (event.type === "progress") break;
    })();
    controller.abort(reason);
    expect(await reading).toBe(reason);
    await closing;
    await sync.run("close").result();
    expect(await acme.records.count("contact")).toBe(9);
  });

  it("tells the bus of its start, its end, conflicts, dead letters and held removals", async () => {
    const { sync, world, events, acme, putContact } = openApp(
      { refuses: (_, fields) => (fields["title"] === "Baron" ? "title" : undefined) },
      { limits: { removals: 1, removalShare: 0 } },
    );
    const told: string[] = [];
    events.on("sync-started", ({ trigger }) => told.push(`started by ${trigger}`));
    events.on("sync-completed", () => told.push("completed"));
    events.on("conflict-found", ({ field }) => told.push(`conflict of ${field}`));
    events.on("dead-letter-added", ({ errorCode }) => told.push(`dead letter ${errorCode}`));
    events.on("removals-held", ({ removals, limit }) => told.push(`held ${removals} beyond ${limit}`));
    const ids = ["a", "b", "c"].map((name) =>
      world.create({ kind: "contact", fields: { firstName: name, email: `${name}@x.example` } }),
    );
    await sync.run("close").result();
    const [first] = (await acme.records.findByKeys("contact", ["email:a@x.example"])) ?? [];
    await putContact(first?.id ?? "", { firstName: "App", email: "a@x.example" });
    world.edit({ kind: "contact", id: ids[0] ?? "", fields: { firstName: "Crm" } });
    await putContact("baron", { firstName: "Bo", title: "Baron" });
    for (const id of ids.slice(1)) world.remove("contact", id);
    await sync.run("close", { trigger: "webhook" }).result();
    expect(told.toSorted()).toEqual([
      ...["completed", "completed", "conflict of firstName", "dead letter crm.field_invalid"],
      ...["held 2 beyond 1", "started by manual", "started by webhook"],
    ]);
    expect(await acme.records.count("contact")).toBe(4);
  });

  it("is refused for a connection that there is not, naming those that there are", () => {
    const { sync } = openApp();
    expect(() => sync.run("hubspot")).toThrow('There is no connection "hubspot"; there are: close.');
    expect(() => sync.plan("hubspot")).toThrow(TypeError);
  });

  it("tells a wrong mapping by its path before anything is read or written", async () => {
    const { sync, world } = openApp({}, { fields: { contact: { nickname: {} } } });
    await expect(sync.run("close").result()).rejects.toMatchObject({
      ...{ code: "sync.mapping_invalid", facts: { issues: [{ path: "fields.contact.nickname" }] } },
    });
    expect(world.requests()).toBe(0);
  });
});

describe("a plan of a sync", () => {
  it("tells the exact writes, and writes nothing", async () => {
    const { sync, world, acme, putContact } = openApp();
    world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@x.example" } });
    await putContact("bo", { firstName: "Bo", email: "bo@x.example" });
    const planned = [];
    for await (const write of sync.plan("close")) planned.push(write);
    expect(planned).toMatchObject([
      { side: "app", op: "create", changes: { firstName: { from: null, to: "Ada" } } },
      { side: "crm", op: "create", recordId: "bo", changes: { email: { from: null, to: "bo@x.example" } } },
    ]);
    expect([world.writes(), await acme.records.count("contact")]).toEqual([[], 1]);
  });
});
