import { describe, expect, it } from "vitest";
import { replayDeadLetter } from "./replay-dead-letter.js";
import { resolveConflict } from "./resolve-conflict.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

type Sync = ReturnType<typeof openSync>;

/** A contact that both sides have. */
async function linked(
  double: Parameters<typeof openSync>[0] = {},
  options: Parameters<typeof openSync>[1] = {},
) {
  const sync = openSync(double, options);
  const crmId = sync.world.create({ kind: "contact", fields: { email: "ada@x.example", title: "CIO" } });
  await syncCycle(sync.context);
  const [link] = await sync.storage.links.findByCrmIds("double", "contact", [crmId]);
  return { ...sync, crmId, recordId: link?.recordId ?? "" };
}

async function editInApp({ storage }: Pick<Sync, "storage">, id: string, fields: object) {
  const record = await storage.records.get("contact", id);
  if (!record) throw new Error("no record");
  const { custom, links, keys } = record;
  const draft = { fields: { ...record.fields, ...fields }, custom, links, keys };
  await storage.records.writeMany([{ op: "put", kind: "contact", id, draft }]);
}

describe("reconcile", () => {
  it("carries over what each side changed, sends only that, and takes its own writes for no change", async () => {
    const sync = await linked({ stamps: { bumpAfterMs: 15_000 } });
    const { context, world, storage, crmId, recordId, clock } = sync;
    world.edit({ kind: "contact", id: crmId, fields: { phone: "+4930123" } });
    await editInApp(sync, recordId, { title: "CTO" });
    await syncCycle(context);
    expect(world.writes()).toEqual([{ op: "update", kind: "contact", sent: ["title"] }]);
    expect(world.read("contact", crmId)?.fields).toMatchObject({ title: "CTO", phone: "+4930123" });
    const record = await storage.records.get("contact", recordId);
    expect(record?.fields).toMatchObject({ title: "CTO", phone: "+4930123" });
    clock.advance(60_000);
    await syncCycle(context);
    await syncCycle(context, { full: true });
    expect(world.writes()).toHaveLength(1);
    expect(await storage.records.get("contact", recordId)).toEqual(record);
  });

  it("keeps an edit that a user makes while the CRM is told of another one", async () => {
    let edit = () => {};
    const sync = await linked({
      faults: ({ operation }) => {
        if (operation === "update") edit();
        return undefined;
      },
    });
    const { context, world, storage, crmId, recordId } = sync;
    edit = () => {
      edit = () => {};
      world.edit({ kind: "contact", id: crmId, fields: { phone: "+4930123" } });
    };
    await editInApp(sync, recordId, { title: "CTO" });
    await syncCycle(context);
    expect((await storage.records.get("contact", recordId))?.fields).toMatchObject({
      ...{ title: "CTO", phone: "+4930123" },
    });
  });

  it("keeps an edit that a user makes once the CRM was told, before it is read what it has then", async () => {
    const sync = await linked();
    const { context, world, storage, crmId, recordId } = sync;
    const { provider } = context;
    const edited = new Proxy(provider, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== "writeMany") return typeof member === "function" ? member.bind(target) : member;
        return async (...args: Parameters<typeof provider.writeMany>) => {
          const written = await target.writeMany(...args);
          world.edit({ kind: "contact", id: crmId, fields: { title: "COO" } });
          const record = world.read("contact", crmId);
          return written.map((each) => ({ ...each, ...(record && { record }) }));
        };
      },
    });
    await editInApp(sync, recordId, { title: "CTO" });
    await syncCycle({ ...context, provider: edited });
    await syncCycle(context);
    await syncCycle(context, { full: true });
    expect(world.read("contact", crmId)?.fields.title).toBe("COO");
    expect((await storage.records.get("contact", recordId))?.fields.title).toBe("COO");
  });

  it("takes a value in the form in which the CRM keeps it for the one that was sent, also after a lost answer", async () => {
    const sync = await linked({ rewrites: ["phone"] });
    const { context, world, storage, crmId, recordId } = sync;
    await editInApp(sync, recordId, { phone: "+49 (30) 123" });
    world.fail({ type: "response-lost" }, { on: "write" });
    await syncCycle(context);
    await syncCycle(context);
    expect(world.read("contact", crmId)?.fields.phone).toBe("+4930123");
    expect((await storage.records.get("contact", recordId))?.fields.phone).toBe("+49 (30) 123");
    expect(await storage.conflicts.count()).toBe(0);
  });

  it("ends the back and forth of two sides that each insist on a form of their own", async () => {
    const sync = await linked();
    const { context, world, crmId, recordId, clock } = sync;
    for (let round = 0; round < 6; round++) {
      await editInApp(sync, recordId, { title: "chief" });
      await syncCycle(context);
      world.edit({ kind: "contact", id: crmId, fields: { title: "CHIEF OFFICER" } });
      await syncCycle(context);
      clock.advance(1_000);
    }
    expect(world.writes().length).toBeLessThan(6);
  });

  it("asks a person about an address that both changed, once, and carries over what that person chose", async () => {
    const sync = await linked();
    const { context, world, storage, crmId, recordId } = sync;
    for (const [choice, address] of [
      [{ take: "app" }, "app1@x.example"],
      [{ take: "crm" }, "crm2@x.example"],
      [{ value: "third@x.example" }, "third@x.example"],
    ] as const) {
      const round = address.replace(/\D/g, "") || "3";
      await editInApp(sync, recordId, { email: `app${round}@x.example` });
      world.edit({ kind: "contact", id: crmId, fields: { email: `crm${round}@x.example` } });
      await syncCycle(context);
      await syncCycle(context, { full: true });
      const open = (await storage.conflicts.list({ status: "open" })).items;
      expect(open).toMatchObject([
        { field: "email", app: `app${round}@x.example`, crm: `crm${round}@x.example`, policy: "review" },
      ]);
      await resolveConflict(context, { id: open[0]?.id ?? "", choice, by: "user:1" });
      await syncCycle(context);
      expect(world.read("contact", crmId)?.fields.email).toBe(address);
      expect((await storage.records.get("contact", recordId))?.fields.email).toBe(address);
    }
    expect(await storage.conflicts.count()).toBe(3);
    const [first] = (await storage.conflicts.list()).items;
    await expect(
      resolveConflict(context, { id: first?.id ?? "", choice: { take: "app" }, by: "user:2" }),
    ).rejects.toMatchObject({ code: "store.stale_revision" });
  });

  it("puts a refused row aside with a letter that names field and record, goes on with the others, and replays it", async () => {
    const sync = await linked({ refuses: (_, { title }) => (title === "bad" ? "title" : undefined) });
    const { context, world, storage, putInApp, crmId, recordId } = sync;
    await editInApp(sync, recordId, { title: "bad" });
    await putInApp("contact", "c2", { email: "bob@x.example" });
    await syncCycle(context);
    expect(world.standing("contact")).toHaveLength(2);
    const letters = (await storage.deadLetters.list({ status: "open" })).items;
    expect(letters).toMatchObject([
      { operation: "update", recordId, crmId, payload: { fields: { title: "bad" } } },
    ]);
    await editInApp(sync, recordId, { title: "good" });
    await replayDeadLetter(context, { id: letters[0]?.id ?? "", by: "user:1" });
    await syncCycle(context);
    expect(world.read("contact", crmId)?.fields.title).toBe("good");
    expect((await storage.deadLetters.list({ status: "open" })).items).toEqual([]);
  });

  it("ends the run where the credential is refused, and leaves what is due to the next", async () => {
    const sync = await linked();
    const { context, world, crmId, recordId, clock } = sync;
    await editInApp(sync, recordId, { title: "CTO" });
    world.fail({ type: "unauthorised" }, { on: "write" });
    await expect(syncCycle(context)).rejects.toMatchObject({ code: "service.auth" });
    clock.advance(3_600_000);
    await syncCycle(context);
    expect(world.read("contact", crmId)?.fields.title).toBe("CTO");
  });

  it("makes a company before the contact that hangs on it, and names it by the CRM's id", async () => {
    const { context, world, storage } = openSync({ kinds: { contact: { requiredLink: "company" } } });
    const put = (kind: "company" | "contact", id: string, draft: object) =>
      storage.records.writeMany([{ op: "put", kind, id, draft: { fields: {}, keys: [], ...draft } }]);
    await put("contact", "c1", { fields: { firstName: "Ada" }, links: { company: ["a1"] } });
    await put("company", "a1", { fields: { name: "X", domain: "x.example" } });
    await syncCycle(context);
    const [company = ""] = world.standing("company");
    expect(world.records("contact")).toMatchObject([{ links: { company: [company] } }]);
  });

  it("makes no contact without its company while that is still to be made, and does not wait for ever", async () => {
    let isRefused = true;
    const { context, world, storage, clock } = openSync({
      faults: ({ operation, kind }) =>
        isRefused && operation === "create" && kind === "company" ? { type: "rate-limited" } : undefined,
    });
    const put = (kind: "company" | "contact", id: string, draft: object) =>
      storage.records.writeMany([{ op: "put", kind, id, draft: { fields: {}, keys: [], ...draft } }]);
    await put("company", "a1", { fields: { name: "X", domain: "x.example" } });
    await put("contact", "c1", { fields: { firstName: "Ada" }, links: { company: ["a1"] } });
    await put("contact", "c2", { fields: { firstName: "Bo" }, links: { company: ["gone"] } });
    await syncCycle(context);
    expect(world.records("contact")).toEqual([]);
    isRefused = false;
    clock.advance(60_000);
    await syncCycle(context);
    expect(world.records("contact").map(({ fields }) => fields.firstName)).toEqual(["Ada"]);
    for (let cycles = 0; cycles < 4; cycles++) {
      clock.advance(3_600_000);
      await syncCycle(context);
    }
    const [company = ""] = world.standing("company");
    const links = new Map(world.records("contact").map(({ fields, links }) => [fields.firstName, links]));
    expect(links.get("Ada")).toEqual({ company: [company] });
    expect(links.has("Bo")).toBe(true);
  });

  it.each(["survivor", "third-record"] as const)(
    "makes one record of two that the CRM merged into a %s, and sends no removal",
    async (merge) => {
      const { context, world, storage } = openSync({ merge });
      const first = world.create({ kind: "contact", fields: { email: "ada@x.example" } });
      const second = world.create({ kind: "contact", fields: { phone: "+4930123" } });
      await syncCycle(context);
      world.merge("contact", first, second);
      await syncCycle(context);
      await syncCycle(context);
      const { items } = await storage.records.list("contact");
      expect(items).toMatchObject([{ fields: { email: "ada@x.example", phone: "+4930123" } }]);
      expect(world.writes().filter(({ op }) => op !== "update")).toEqual([]);
      expect(world.standing("contact")).toHaveLength(1);
    },
  );

  it("links records that both sides have by their address, instead of making them twice", async () => {
    const { context, world, storage, putInApp } = openSync();
    await putInApp("contact", "c1", { email: "ada@x.example", title: "CTO" });
    world.create({ kind: "contact", fields: { email: "Ada@X.example", phone: "+4930123" } });
    await syncCycle(context);
    expect(world.records("contact")).toMatchObject([{ fields: { title: "CTO", phone: "+4930123" } }]);
    expect((await storage.records.list("contact")).items).toMatchObject([
      { id: "c1", fields: { title: "CTO", phone: "+4930123" } },
    ]);
  });
});
