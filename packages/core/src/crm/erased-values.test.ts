import { ERASED } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

/** A company in step with the CRM, whose address and keywords mentioned a person who was erased. */
async function afterErasure() {
  const sync = openSync();
  const { context, world, clock, storage } = sync;
  const id = world.create({
    kind: "company",
    fields: {
      ...{ name: "Acme", domain: "acme.example", city: "Berlin" },
      ...{ address: "c/o Bo Diddley, Ring 1", keywords: ["engines", "Bo Diddley"] },
    },
  });
  await syncCycle(context);
  await storage.erasure.erase({ mentions: ["Bo Diddley"] });
  clock.advance(60_000);
  const company = async () => {
    const [record] = (await storage.records.list("company")).items;
    if (!record) throw new Error("the company is gone");
    return record;
  };
  const crm = () => world.read("company", id)?.fields;
  const stored = async () => JSON.stringify([await company(), (await storage.links.list("double")).items]);
  return { ...sync, id, company, crm, stored };
}

describe("a mention that was erased", () => {
  it("does not come back with the next sync, nor when something else changes", async () => {
    const { context, world, id, company, stored, clock } = await afterErasure();
    await syncCycle(context);
    expect(await stored()).not.toContain("Diddley");

    world.edit({ kind: "company", id, fields: { city: "Munich" } });
    clock.advance(60_000);
    await syncCycle(context);

    const { fields } = await company();
    expect(fields).toMatchObject({
      ...{ city: "Munich", address: `c/o ${ERASED}, Ring 1`, keywords: ["engines", ERASED] },
    });
    expect(await stored()).not.toContain("Diddley");
  });

  it("does not come back when the CRM's users write beside it", async () => {
    const { context, world, id, stored } = await afterErasure();
    world.edit({
      ...{ kind: "company", id },
      fields: { address: "c/o Bo Diddley, Ring 2", keywords: ["Bo Diddley", "cards"] },
    });
    await syncCycle(context);
    expect(await stored()).not.toContain("Diddley");
  });

  it("does not change what the CRM has", async () => {
    const { context, crm } = await afterErasure();
    await syncCycle(context);
    expect(crm()).toMatchObject({ address: "c/o Bo Diddley, Ring 1" });
  });

  it("is of no account any more once the field was written anew in the app", async () => {
    const { context, world, storage, clock, id, company, crm } = await afterErasure();
    const record = await company();
    const { kind, fields, keys } = record;
    const draft = { fields: { ...fields, address: "Ring 7" }, keys };
    await storage.records.writeMany([{ op: "put", kind, id: record.id, draft }]);
    clock.advance(60_000);
    await syncCycle(context);
    expect(crm()).toMatchObject({ address: "Ring 7" });

    clock.advance(60_000);
    world.edit({ kind: "company", id, fields: { address: "Ring 8" } });
    await syncCycle(context);
    expect((await company()).fields).toMatchObject({ address: "Ring 8" });
  });
});
