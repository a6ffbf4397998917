import { createCrmDouble, manualClock } from "@salesagent/conformance";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import type { CrmConnection } from "./connection.js";
import { createCrmSync } from "./create-crm-sync.js";

/** An app with one adapter, in whose CRM is one person, and a second tenant. */
function openShared(connection: Partial<CrmConnection> = {}) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const jobs = memoryJobs({ clock });
  const { provider, world } = createCrmDouble({ clock, provider: "close" });
  const id = world.create({ kind: "contact", fields: { firstName: "Ada" } });
  const connections = { close: { provider, ...connection } };
  const crmSync = createCrmSync({ storage, jobs, clock, connections });
  const contactsOf = (tenant: string) => storage.tenant(tenant).records.count("contact");
  return { storage, crmSync, provider, world, id, contactsOf };
}

const refusal = {
  code: "config.invalid",
  message: expect.stringMatching(/"close".*function of the tenant.*shared: true/),
  facts: { option: "connections.close.provider" },
};

describe("one adapter in place of a function of the tenant", () => {
  it("serves the tenant that came first, and gives its CRM to no other, in whatever way it is asked for", async () => {
    const { crmSync, contactsOf, storage, world } = openShared();
    const [acme, globex] = [crmSync.tenant("acme"), crmSync.tenant("globex")];
    await acme.run("close").result();
    const asked = world.requests();

    await expect(globex.run("close").result()).rejects.toMatchObject(refusal);
    await expect(globex.plan("close")[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
    await expect(globex.health()).rejects.toMatchObject(refusal);
    await expect(globex.handleWebhooks("close")).rejects.toMatchObject(refusal);
    await expect(globex.allowRemovals("close", "contact", { by: "user:1" })).rejects.toMatchObject(refusal);
    await expect(crmSync.schedule("globex", "close")).rejects.toMatchObject(refusal);

    expect(world.requests()).toBe(asked);
    expect(await contactsOf("globex")).toBe(0);
    expect((await storage.tenant("globex").syncRuns.list()).items).toEqual([]);
    expect(await acme.run("close").result()).toMatchObject({ status: "completed" });
  });

  it("is refused without the name of the tenant whose it is", async () => {
    const { crmSync } = openShared();
    await crmSync.tenant("initech").run("close").result();
    const said = crmSync.tenant("globex").run("close").result();
    await expect(said).rejects.toMatchObject({ message: expect.not.stringContaining("initech") });
  });

  it("serves all tenants where it is said to be shared", async () => {
    const { crmSync, contactsOf } = openShared({ shared: true });
    await crmSync.tenant("acme").run("close").result();
    await crmSync.tenant("globex").run("close").result();
    expect([await contactsOf("acme"), await contactsOf("globex")]).toEqual([1, 1]);
  });

  it("is not a made-up tenant's by a webhook that is not proved, and not another's by one that is", async () => {
    const { crmSync, world, id, storage } = openShared();
    const signed = await world.webhook({ kind: "contact", id, action: "updated" });
    const refused = { code: "crm.webhook_refused", facts: { problem: "mismatch" } };
    const forged = await world.webhook({ kind: "contact", id, action: "updated" }, { wrongSecret: true });
    await expect(crmSync.tenant("nobody").receiveWebhook("close", forged)).rejects.toMatchObject(refused);

    await crmSync.tenant("acme").receiveWebhook("close", signed);
    await expect(crmSync.tenant("globex").run("close").result()).rejects.toMatchObject(refusal);
    await expect(crmSync.tenant("globex").receiveWebhook("close", signed)).rejects.toMatchObject(refused);

    expect((await storage.tenant("globex").inbox.list()).items).toEqual([]);
    await crmSync.tenant("acme").handleWebhooks("close");
    expect(await crmSync.tenant("acme").run("close").result()).toMatchObject({ status: "completed" });
  });
});

it("refuses a function of the tenant that is said to be shared", () => {
  const { provider } = openShared();
  const connections = { close: { provider: () => provider, shared: true } };
  const make = () => createCrmSync({ storage: memoryStorage(), connections });
  expect(make).toThrow(
    new TypeError("connections.close.shared must go with one adapter, not with a function"),
  );
});
