import { describe, expect, it, vi } from "vitest";
import { openApp } from "./testing/open-app.js";

async function linked() {
  const app = openApp();
  const id = app.world.create({ kind: "contact", fields: { firstName: "Ada", title: "CIO" } });
  await app.sync.run("close").result();
  const title = async () => (await app.acme.records.list("contact")).items.map(({ fields }) => fields.title);
  return { ...app, id, title };
}

describe("a webhook", () => {
  it("is kept, answered at once, and brings what stands in the CRM, not what it says", async () => {
    const { sync, world, id, title } = await linked();
    world.edit({ kind: "contact", id, fields: { title: "CTO" } });
    const request = await world.webhook({ kind: "contact", id, action: "updated" });
    world.edit({ kind: "contact", id, fields: { title: "CEO" } });
    const before = world.requests();
    expect(await sync.receiveWebhook("close", request)).toEqual({ hints: 1, repeated: false });
    expect(world.requests()).toBe(before);
    await sync.handleWebhooks("close");
    expect(await title()).toEqual(["CEO"]);
  });

  it("is taken in once, however often it comes", async () => {
    const { sync, world, id, acme } = await linked();
    const request = await world.webhook({ kind: "contact", id, action: "updated" });
    await sync.receiveWebhook("close", request);
    expect(await sync.receiveWebhook("close", request)).toEqual({ hints: 1, repeated: true });
    await sync.handleWebhooks("close");
    expect((await acme.inbox.list({ source: "close" })).items).toMatchObject([{ status: "handled" }]);
  });

  it("of a record that nobody knows yet brings it", async () => {
    const { sync, world, acme } = await linked();
    const id = world.create({ kind: "contact", fields: { firstName: "Bo" } });
    await sync.receiveWebhook("close", await world.webhook({ kind: "contact", id, action: "created" }));
    await sync.handleWebhooks("close");
    expect(await acme.records.count("contact")).toBe(2);
  });

  it("that comes while others are worked on is taken in by the same job", async () => {
    const late: (() => Promise<unknown>)[] = [];
    const { sync, world, acme } = openApp({
      faults: ({ operation }) => {
        if (operation === "getMany") void late.pop()?.();
        return undefined;
      },
    });
    const first = world.create({ kind: "contact", fields: { firstName: "Ada" } });
    await sync.run("close").result();
    const second = world.create({ kind: "contact", fields: { firstName: "Bo" } });
    const hints = [{ kind: "contact", id: second, action: "created", key: "late" }];
    const received = { id: "late", source: "close", key: "late", body: "", hints };
    late.push(() => acme.inbox.put({ ...received, receivedAt: "2026-01-05T12:00:00.000Z" }));
    await sync.receiveWebhook(
      "close",
      await world.webhook({ kind: "contact", id: first, action: "updated" }),
    );
    await sync.handleWebhooks("close");
    expect(await acme.records.count("contact")).toBe(2);
  });

  it("of our own write causes no other", async () => {
    const { sync, world, putContact, acme, id } = await linked();
    const [record] = (await acme.records.list("contact")).items;
    await putContact(record?.id ?? "", { firstName: "Ada", title: "CTO" });
    await sync.run("close").result();
    const [written, changed] = [world.writes().length, (await acme.records.list("contact")).items];
    await sync.receiveWebhook("close", await world.webhook({ kind: "contact", id, action: "updated" }));
    await sync.handleWebhooks("close");
    expect(world.writes()).toHaveLength(written);
    expect((await acme.records.list("contact")).items).toEqual(changed);
  });

  it("that is not the CRM's is refused, kept nowhere, and on the audit trail", async () => {
    const { sync, world, id, acme } = await linked();
    const request = await world.webhook({ kind: "contact", id, action: "updated" });
    const forged = { ...request, rawBody: new Uint8Array([...request.rawBody, 32]) };
    const large = { ...request, rawBody: new Uint8Array(6 * 1024 * 1024) };
    await expect(sync.receiveWebhook("close", forged)).rejects.toMatchObject({
      ...{ code: "crm.webhook_refused", facts: { problem: "mismatch" } },
    });
    await expect(sync.receiveWebhook("close", large)).rejects.toMatchObject({
      ...{ code: "crm.webhook_refused", facts: { problem: "too-large" } },
    });
    expect((await acme.inbox.list()).items).toEqual([]);
    const { items } = await acme.audit.list({ action: "webhook-refused" });
    expect(items.map(({ facts }) => facts)).toEqual([{ problem: "mismatch" }, { problem: "too-large" }]);
  });

  it("is tried again while the CRM can't be read, and left to a person in the end", async () => {
    const { sync, world, clock, acme } = await linked();
    const id = world.create({ kind: "contact", fields: { firstName: "Bo" } });
    await sync.receiveWebhook("close", await world.webhook({ kind: "contact", id, action: "created" }));
    world.fail({ type: "server-error" }, { times: 100 });
    for (let attempt = 0; attempt < 8; attempt++) {
      await sync.handleWebhooks("close");
      clock.advance(600_000);
    }
    expect((await acme.inbox.list()).items).toMatchObject([{ status: "failed", attempts: 8 }]);
  });

  it("is worked on by a worker of the queue", async () => {
    const { sync, crmSync, world, id, title } = await linked();
    await using _worker = await crmSync.work();
    world.edit({ kind: "contact", id, fields: { title: "CTO" } });
    await sync.receiveWebhook("close", await world.webhook({ kind: "contact", id, action: "updated" }));
    await vi.waitFor(async () => expect(await title()).toEqual(["CTO"]));
  });
});

describe("a schedule", () => {
  it("runs a connection by the clock, for the tenant whose it is", async () => {
    const { crmSync, world, clock, sync, acme } = openApp();
    await using _worker = await crmSync.work();
    await crmSync.schedule("acme", "close");
    world.create({ kind: "contact", fields: { firstName: "Ada" } });
    clock.advance(2 * 3_600_000);
    await vi.waitFor(async () => expect(await acme.records.count("contact")).toBe(1));
    await vi.waitFor(async () =>
      expect((await sync.history()).items).toMatchObject([{ trigger: "schedule", status: "completed" }]),
    );
    await crmSync.unschedule("acme", "close");
    await expect(crmSync.schedule("acme", "hubspot")).rejects.toThrow(TypeError);
  });
});
