import type { CrmContactFields } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { eventsOf, openApp } from "./sync/testing/open-app.js";

/** As a CRM has it that checks nothing. */
const untyped = (fields: object): CrmContactFields => fields as CrmContactFields;

const openLetters = async ({ sync }: ReturnType<typeof openApp>) =>
  (await sync.deadLetters.list({ status: "open" })).items.map(({ crmId }) => crmId);

/** Two contacts that can't be taken in. */
async function openWithLetters(double: Parameters<typeof openApp>[0] = {}) {
  const app = openApp(double);
  const [first, second] = ["phone", "title"].map((field) =>
    app.world.create({ kind: "contact", fields: untyped({ email: `${field}@x.example`, [field]: 42 }) }),
  ) as [string, string];
  await app.sync.run("close").result();
  expect((await openLetters(app)).toSorted()).toEqual([first, second].toSorted());
  return { ...app, app, first, second };
}

describe("the letter of a record that could not be taken in", () => {
  it("ends when the record comes and is right, and stays while it is not", async () => {
    const { app, sync, world, acme, first, second } = await openWithLetters();
    world.edit({ kind: "contact", id: first, fields: { phone: "+4930123456" } });
    world.edit({ kind: "contact", id: second, fields: untyped({ title: 43 }) });
    await sync.run("close").result();
    expect(await acme.records.count("contact")).toBe(1);
    expect(await openLetters(app)).toEqual([second]);
    expect((await sync.deadLetters.list({ status: "replayed" })).items).toMatchObject([{ crmId: first }]);
  });

  it("ends when the record is right again as it was before", async () => {
    const app = openApp();
    const { sync, world } = app;
    const id = world.create({ kind: "contact", fields: { email: "ada@x.example", title: "CTO" } });
    await sync.run("close").result();
    world.edit({ kind: "contact", id, fields: untyped({ title: 42 }) });
    await sync.run("close").result();
    expect(await openLetters(app)).toContain(id);
    world.edit({ kind: "contact", id, fields: { title: "CTO" } });
    await sync.run("close").result();
    expect(await openLetters(app)).not.toContain(id);
  });

  it("ends when the record is gone", async () => {
    const { app, sync, world, first, second } = await openWithLetters();
    world.remove("contact", first);
    await sync.run("close").result();
    expect(await openLetters(app)).toEqual([second]);
  });

  it("ends with a walk over all, where the CRM has no feed", async () => {
    const { app, sync, world, first, second } = await openWithLetters({
      kinds: { contact: { changes: false } },
    });
    world.edit({ kind: "contact", id: first, fields: { phone: "+4930123456" } });
    await eventsOf(sync.run("close"));
    expect(await openLetters(app)).toEqual([second]);
    world.remove("contact", second);
    await sync.run("close").result();
    expect(await openLetters(app)).toEqual([]);
  });

  it("stays when the walk is cut off before it comes", async () => {
    const { app, world, sync, first, second } = await openWithLetters({
      kinds: { contact: { changes: false } },
    });
    world.edit({ kind: "contact", id: first, fields: { phone: "+4930123456" } });
    world.fail({ type: "unauthorised" }, { times: 100 });
    await expect(sync.run("close").result()).rejects.toMatchObject({ code: "service.auth" });
    expect((await openLetters(app)).toSorted()).toEqual([first, second].toSorted());
  });
});
