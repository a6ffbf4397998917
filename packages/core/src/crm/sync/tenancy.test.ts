import { createCrmDouble, manualClock } from "@salesagent/conformance";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { expect, test } from "vitest";
import { createEventBus } from "../../kernel/event-bus.js";
import { createCrmSync } from "./create-crm-sync.js";

/** Two tenants with a CRM and a webhook secret each, in one app. */
async function openTwo() {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const jobs = memoryJobs({ clock });
  const doubles = {
    acme: createCrmDouble({ clock, provider: "close", webhookSecret: "whsec-acme" }),
    globex: createCrmDouble({ clock, provider: "close", webhookSecret: "whsec-globex" }),
  };
  const told: { readonly tenant: string }[] = [];
  const events = createEventBus();
  for (const name of ["sync-started", "sync-completed", "conflict-found", "dead-letter-added"] as const) {
    events.on(name, (event) => void told.push(event));
  }
  const provider = (tenant: string) => doubles[tenant === "acme" ? "acme" : "globex"].provider;
  const crmSync = createCrmSync({ storage, jobs, events, clock, connections: { close: { provider } } });
  const acme = { sync: crmSync.tenant("acme"), stores: storage.tenant("acme"), world: doubles.acme.world };
  const globex = {
    ...{ sync: crmSync.tenant("globex"), stores: storage.tenant("globex") },
    world: doubles.globex.world,
  };
  acme.world.create({ kind: "contact", fields: { email: "ada@x.example", firstName: "Ada" } });
  await acme.stores.records.writeMany([
    {
      op: "put",
      kind: "contact",
      id: "ada",
      draft: { fields: { email: "ada@x.example", firstName: "Adelaide" }, keys: ["email:ada@x.example"] },
    },
    { op: "put", kind: "contact", id: "bad", draft: { fields: { title: 7 } as object, keys: [] } },
  ]);
  await acme.sync.run("close").result();
  return { clock, storage, jobs, crmSync, acme, globex, told };
}

test("a tenant reaches nothing of another by its ids", async () => {
  const { acme, globex, told } = await openTwo();
  const [conflict] = (await acme.sync.conflicts.list({ status: "open" })).items;
  const [letter] = (await acme.sync.deadLetters.list()).items;
  if (!conflict || !letter) throw new Error("acme has neither a conflict nor a letter");
  const by = { by: "user:9" };
  expect(await globex.sync.conflicts.get(conflict.id)).toBeUndefined();
  expect(await globex.sync.deadLetters.get(letter.id)).toBeUndefined();
  const noSuch = { code: "store.not_found" };
  await expect(globex.sync.conflicts.resolve(conflict.id, { take: "app" }, by)).rejects.toMatchObject(noSuch);
  await expect(globex.sync.deadLetters.replay(letter.id, by)).rejects.toMatchObject(noSuch);
  expect(await globex.sync.deadLetters.drop(letter.id, by)).toBe(false);
  expect(await globex.sync.allowRemovals("close", "contact", by)).toBe(0);
  await globex.sync.run("close", { full: true }).result();

  expect(globex.world.standing("contact")).toEqual([]);
  for (const { items } of [
    await globex.sync.conflicts.list(),
    await globex.sync.deadLetters.list(),
    await globex.stores.records.list("contact"),
    await globex.stores.links.list("close", {}),
  ])
    expect(items).toEqual([]);
  expect((await globex.sync.history()).items).toHaveLength(1);
  expect((await globex.sync.entries()).items.every(({ recordIds }) => recordIds.length === 0)).toBe(true);
  expect(await globex.sync.status()).toMatchObject([{ openConflicts: 0, openDeadLetters: 0, links: [] }]);
  expect(await acme.sync.conflicts.get(conflict.id)).toMatchObject({ status: "open" });
  expect(await acme.sync.deadLetters.get(letter.id)).toMatchObject({ status: "open" });
  expect(new Set(told.map(({ tenant }) => tenant))).toEqual(new Set(["acme", "globex"]));
});

test("a webhook with the secret of another tenant is refused, kept nowhere, and on the audit trail of the one it came to", async () => {
  const { acme, globex } = await openTwo();
  await globex.sync.run("close").result();
  const id = acme.world.standing("contact")[0] ?? "";
  const request = await acme.world.webhook({ kind: "contact", id, action: "updated" });
  await expect(globex.sync.receiveWebhook("close", request)).rejects.toMatchObject({
    ...{ code: "crm.webhook_refused", facts: { problem: "mismatch" } },
  });
  expect((await globex.stores.inbox.list({ source: "close" })).items).toEqual([]);
  const audited = { action: "webhook-refused", subject: "connection:close" };
  expect((await globex.stores.audit.list()).items).toMatchObject([audited]);
  expect((await acme.stores.audit.list()).items).toEqual([]);
  await acme.sync.receiveWebhook("close", request);
  await globex.sync.handleWebhooks("close");
  expect((await acme.stores.inbox.list({ source: "close" })).items).toMatchObject([{ status: "received" }]);
  await acme.sync.handleWebhooks("close");
  expect((await acme.stores.inbox.list({ source: "close" })).items).toMatchObject([
    { status: "handled", body: "" },
  ]);
});

test("names of tenants and connections that read alike have schedules of their own", async () => {
  const clock = manualClock();
  const { provider } = createCrmDouble({ clock });
  const jobs = memoryJobs({ clock });
  const connections = { b: { provider }, "a/b": { provider } };
  const crmSync = createCrmSync({ storage: memoryStorage({ clock }), jobs, clock, connections });
  await crmSync.schedule("x/a", "b");
  await crmSync.schedule("x", "a/b");
  await crmSync.unschedule("x", "a/b");
  clock.advance(3_600_000);
  const taken: string[] = [];
  const worker = await jobs.work("crm-sync", async ({ tenant }) => void taken.push(tenant));
  clock.advance(3_600_000);
  await new Promise((resolve) => setImmediate(resolve));
  await worker.drain();
  expect(new Set(taken)).toEqual(new Set(["x/a"]));
});

test("no value of a record is in errors, events or the history", async () => {
  const { acme, told } = await openTwo();
  const runs = await acme.sync.history();
  const entries = await acme.sync.entries();
  const said = JSON.stringify([runs.items, entries.items, told, (await acme.stores.audit.list()).items]);
  for (const value of ["ada@x.example", "Adelaide", "Ada"]) expect(said).not.toContain(value);
});
