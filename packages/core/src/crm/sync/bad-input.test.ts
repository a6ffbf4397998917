import { type CrmContactFields, SalesAgentError } from "@salesagent/ports";
import { describe, expect, test } from "vitest";
import { eventsOf, openApp } from "./testing/open-app.js";

const refused = (status: number): SalesAgentError =>
  new SalesAgentError("service.auth", {
    message: `crm: GET /deals failed with status ${status}. Check the credential and its scopes.`,
    facts: { service: "crm", status },
    replay: "safe",
  });

/** As an app or a CRM has it that checks nothing. */
const untyped = (fields: object): CrmContactFields => fields as CrmContactFields;

describe("a CRM that gives one kind of records away no more", () => {
  test.each(["changes", "getMany", "update", "create"])(
    "syncs the other kinds when %s is refused",
    async (operation) => {
      let isRefused = false;
      const { sync, world, putContact, acme } = openApp({
        faults: (call) =>
          isRefused && call.kind === "company" && call.operation === operation
            ? { type: "throw", error: refused(403), when: "before" }
            : undefined,
      });
      const company = world.create({ kind: "company", fields: { name: "Acme", domain: "acme.example" } });
      await sync.run("close").result();
      world.edit({ kind: "company", id: company, fields: { city: "Berlin" } });
      const [standing] = (await acme.records.list("company")).items;
      if (!standing) throw new Error("the company is not there");
      const fields = { ...standing.fields, country: "DE" };
      await acme.records.writeMany([
        { op: "put", kind: "company", id: standing.id, draft: { ...standing, fields } },
        { op: "put", kind: "company", id: "globex", draft: { fields: { name: "Globex" }, keys: [] } },
      ]);
      world.create({ kind: "contact", fields: { email: "ada@x.example" } });
      await putContact("bob", { email: "bob@x.example" });

      isRefused = true;
      const run = sync.run("close").result();
      await expect(run).rejects.toMatchObject({
        code: "service.auth",
        facts: { status: 403 },
        message: expect.stringMatching(
          /^Not synced with close: companies\. .*Check the credential and its scopes\./,
        ),
      });
      expect(await acme.records.count("contact")).toBe(2);
      expect(world.standing("contact")).toHaveLength(2);

      isRefused = false;
      await sync.run("close", { full: true }).result();
      // What was refused is tried again after a while.
      const [status] = await sync.status();
      expect(status?.openDeadLetters).toBe(0);
    },
  );

  test("a plan tells what would become of the other kinds", async () => {
    const { sync, world } = openApp({
      faults: ({ kind }) =>
        kind === "company" ? { type: "throw", error: refused(403), when: "before" } : undefined,
    });
    world.create({ kind: "contact", fields: { email: "ada@x.example" } });
    const planned: unknown[] = [];
    const read = async () => {
      for await (const write of sync.plan("close")) planned.push(write.op);
    };
    await expect(read()).rejects.toMatchObject({ code: "service.auth" });
    expect(planned).toEqual(["create"]);
  });
});

test("a credential that dies in the middle of a run loses nothing", async () => {
  let [creates, isDead] = [0, false];
  const faults = ({ operation }: { readonly operation: string }) => {
    if (operation === "create") creates += 1;
    if (creates === 5) isDead = true;
    return isDead ? ({ type: "throw", error: refused(401), when: "before" } as const) : undefined;
  };
  const app = openApp({ faults }, { limits: { batch: 3, pageRecords: 3, concurrency: 1 } });
  const { sync, world, putContact, clock, acme } = app;
  for (let index = 0; index < 12; index++) {
    world.create({ kind: "contact", fields: { email: `crm-${index}@x.example` } });
    await putContact(`app-${index}`, { email: `app-${index}@x.example` });
  }
  await expect(sync.run("close").result()).rejects.toMatchObject({ code: "service.auth" });
  expect(world.standing("contact").length).toBeLessThan(24);
  [creates, isDead] = [6, false];
  for (let runs = 0; runs < 3; runs++) {
    clock.advance(3_600_000);
    await sync.run("close").result();
  }
  expect(world.standing("contact")).toHaveLength(24);
  expect(await acme.records.count("contact")).toBe(24);
  expect(await sync.deadLetters.list()).toMatchObject({ items: [] });
});

describe("values of the wrong type", () => {
  test("of the CRM are refused by field and record, and come in once they are right", async () => {
    const { sync, world, acme } = openApp();
    const number = world.create({ kind: "contact", fields: untyped({ email: 42 }) });
    const list = world.create({
      kind: "contact",
      fields: untyped({ email: "l@x.example", otherPhones: [3] }),
    });
    world.create({ kind: "contact", fields: { email: "ok@x.example" } });

    expect(await sync.run("close").result()).toMatchObject({ status: "completed" });
    expect(await acme.records.count("contact")).toBe(1);
    const letters = (await sync.deadLetters.list()).items;
    expect(letters.map(({ error }) => error.message).sort()).toEqual([
      `The contact ${number} of close has a number in email, where a text is due. Correct it there; nothing of the record was written to the other side.`,
      `The contact ${list} of close has a list in otherPhones, where a list of texts is due. Correct it there; nothing of the record was written to the other side.`,
    ]);

    world.edit({ kind: "contact", id: number, fields: { email: "right@x.example" } });
    await sync.run("close").result();
    expect(await acme.records.count("contact")).toBe(2);
  });

  test("of the app are refused by field and record, and go out once they are right", async () => {
    const { sync, world, putContact } = openApp();
    await putContact("bad", { email: 42 });
    await putContact("good", { email: "good@x.example" });
    const planned: unknown[] = [];
    for await (const write of sync.plan("close")) planned.push(`${write.recordId} ${write.op}`);
    expect(planned.sort()).toEqual(["bad refuse", "good create"]);

    const events = await eventsOf(sync.run("close"));
    expect(events.at(-1)).toMatchObject({ type: "completed" });
    expect(world.standing("contact")).toHaveLength(1);
    const [letter] = (await sync.deadLetters.list()).items;
    expect(letter).toMatchObject({ recordId: "bad", error: { code: "crm.field_invalid" } });
    expect(letter?.error.message).toContain("The contact bad of the app has a number in email");

    await putContact("bad", { email: "right@x.example" });
    await sync.run("close").result();
    expect(world.standing("contact")).toHaveLength(2);
    expect(await sync.deadLetters.list({ status: "open" })).toMatchObject({ items: [] });
  });

  test("of a linked record are put aside on either side", async () => {
    const { sync, world, putContact, acme } = openApp();
    await putContact("ada", { email: "ada@x.example" });
    await sync.run("close").result();
    const id = world.standing("contact")[0] ?? "";
    world.edit({ kind: "contact", id, fields: untyped({ title: ["CTO"] }) });
    await putContact("ada", { email: "ada@x.example", phone: "+4930123456" });
    await sync.run("close").result();
    expect(world.read("contact", id)?.fields.phone).toBeUndefined();
    expect((await acme.records.get("contact", "ada"))?.fields.title).toBeUndefined();

    world.edit({ kind: "contact", id, fields: { title: "CTO" } });
    await sync.run("close").result();
    expect(world.read("contact", id)?.fields).toMatchObject({ phone: "+4930123456", title: "CTO" });
    expect((await acme.records.get("contact", "ada"))?.fields.title).toBe("CTO");
  });
});

test("a record that is too large is refused by name, and the others come in", async () => {
  const { sync, world, acme } = openApp({}, { limits: { maxRecordChars: 500 } });
  const large = world.create({ kind: "contact", fields: { email: "l@x.example", title: "x".repeat(600) } });
  world.create({ kind: "contact", fields: { email: "ok@x.example" } });
  await sync.run("close").result();
  expect(await acme.records.count("contact")).toBe(1);
  const [letter] = (await sync.deadLetters.list()).items;
  expect(letter).toMatchObject({ crmId: large, error: { code: "crm.field_invalid" } });
  expect(letter?.error.message).toContain("raise limits.maxRecordChars");
});
