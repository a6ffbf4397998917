import type { CrmDraft } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { hubspotSetup } from "./testing/hubspot-setup.js";
import { settled } from "./testing/settled.js";

const bodiesOf = (setup: ReturnType<typeof hubspotSetup>, method: string) =>
  setup.sandbox.calls
    .filter((call) => call.method === method)
    .map(({ bodyText }) => JSON.parse(bodyText) as unknown);

describe("a create", () => {
  it("reads the record back, of which the answer holds only a part", async () => {
    const { provider, sandbox } = hubspotSetup();
    const company = sandbox.world.create("companies", { name: "Analytical" });
    const made = await provider.create({
      kind: "contact",
      fields: { firstName: "Ada", email: "Ada@Example.com" },
      custom: { score: 7 },
      links: { company: [company] },
    });

    expect(made).toMatchObject({
      fields: { firstName: "Ada", email: "ada@example.com" },
      custom: { score: 7 },
      links: { company: [company] },
    });
    expect(Date.parse(made.createdAt ?? "")).not.toBeNaN();
  });

  it("stands though it can't be read back", async () => {
    const { provider, sandbox, clock } = hubspotSetup({ http: { retry: false } });
    sandbox.fail({ on: ({ method }) => method === "GET", fault: { type: "status", status: 502 } });

    const made = await settled(
      clock,
      provider.create({ kind: "contact", fields: { email: "ada@example.com" } }),
    );

    expect(made).toMatchObject({
      id: sandbox.world.standing("contacts")[0],
      fields: { email: "ada@example.com" },
    });
  });

  it("says which record is there already, by the id in the text", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });

    await expect(
      provider.create({ kind: "contact", fields: { email: "ADA@example.com" } }),
    ).rejects.toMatchObject({ code: "crm.exists", replay: "safe", facts: { recordId: id, status: 409 } });
  });

  it("asks for the record by its e-mail where the text names no id", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    const body = { status: "error", category: "CONFLICT", message: "Contact already exists." };
    sandbox.fail({ on: ({ method }) => method === "POST", fault: { type: "status", status: 409, body } });

    await expect(
      provider.create({ kind: "contact", fields: { email: "ada@example.com" } }),
    ).rejects.toMatchObject({ code: "crm.exists", facts: { recordId: id } });
  });

  it("is not made twice when its answer is lost, and is found at once by its e-mail", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    sandbox.fail({ on: ({ method }) => method === "POST", fault: { type: "lost", when: "after" } });

    await expect(
      settled(clock, provider.create({ kind: "contact", fields: { email: "ada@example.com" } })),
    ).rejects.toMatchObject({ replay: "unsafe" });
    const found = await provider.lookup({ kind: "contact", email: "ada@example.com" });

    expect(found).toMatchObject({ certain: true, records: [{ id: sandbox.world.standing("contacts")[0] }] });
    expect(sandbox.world.standing("contacts")).toHaveLength(1);
  });

  it("gives an activity a time, without which HubSpot takes none", async () => {
    const { provider, clock } = hubspotSetup();
    const made = await provider.create({ kind: "activity", fields: { type: "note", body: "Called." } });
    expect(made.fields).toEqual({ type: "note", body: "Called.", at: new Date(clock.now()).toISOString() });
    expect(made.id).toMatch(/^note-\d+$/);
  });

  it.each<[string, CrmDraft<"activity">["fields"]]>([
    ["a task", { type: "task", subject: "Call", body: "Ask", dueAt: "2026-12-01T09:00:00.000Z", done: true }],
    ["a call", { type: "call", subject: "Call", at: "2026-12-01T09:00:00.000Z", direction: "out" }],
    [
      "an e-mail",
      { type: "email", subject: "Hi", body: "Hello", at: "2026-12-01T09:00:00.000Z", direction: "in" },
    ],
    ["a meeting", { type: "meeting", subject: "Demo", at: "2026-12-01T09:00:00.000Z" }],
  ])("keeps the fields of %s", async (_, fields) => {
    const { provider, sandbox } = hubspotSetup();
    const contact = sandbox.world.create("contacts", { email: "ada@example.com" });
    const made = await provider.create({ kind: "activity", fields, links: { contact: [contact] } });
    expect(made).toMatchObject({ fields, links: { contact: [contact] } });
  });

  it("refuses what a type of activity has no place for, before anything is sent", async () => {
    const { provider, sandbox } = hubspotSetup();
    await expect(
      provider.create({ kind: "activity", fields: { type: "note", subject: "No place" } }),
    ).rejects.toMatchObject({ code: "crm.field_invalid", facts: { field: "subject" } });
    expect(sandbox.calls).toEqual([]);
  });

  it("says which link leads nowhere", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    await expect(provider.update({ kind: "contact", id, links: { company: ["999"] } })).rejects.toMatchObject(
      { code: "crm.field_invalid", facts: { field: "links.company" } },
    );
  });
});

describe("a value that HubSpot refuses", () => {
  it.each([
    ["email", { email: "no address" }],
    ["ownerId", { ownerId: "x".repeat(65_537) }],
  ])("is told by our name: %s", async (field, fields) => {
    const { provider } = hubspotSetup();
    const refused = await provider.create({ kind: "contact", fields }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "crm.field_invalid",
      facts: { crm: "hubspot", kind: "contact", field },
    });
    expect(JSON.stringify(refused)).not.toContain("no address");
  });

  it("is told by the name of the host's mapping", async () => {
    const { provider } = hubspotSetup({
      mapping: { contact: { tier: { property: "no_such_property", type: "text" } } },
    });
    await expect(
      provider.create({ kind: "contact", fields: {}, custom: { tier: "gold" } }),
    ).rejects.toMatchObject({
      code: "crm.field_invalid",
      facts: { field: "tier", vendorCode: "PROPERTY_DOESNT_EXIST" },
    });
  });

  it.each([
    ["of another type", { score: "high" }],
    ["without a mapping", { colour: "blue" }],
  ])("is not sent when it is %s", async (_, custom) => {
    const { provider, sandbox } = hubspotSetup();
    const [field] = Object.keys(custom);
    await expect(provider.create({ kind: "contact", fields: {}, custom })).rejects.toMatchObject({
      ...{ code: "crm.field_invalid", facts: { field } },
    });
    expect(sandbox.calls).toEqual([]);
  });
});

describe("an update", () => {
  it("sends what changed and nothing else, an empty text for null", async () => {
    const setup = hubspotSetup();
    const id = setup.sandbox.world.create("contacts", {
      email: "ada@example.com",
      phone: "+4930123456",
      lead_score: "3",
    });

    await setup.provider.update({
      kind: "contact",
      id,
      fields: { phone: null, title: "CTO" },
      custom: { score: null },
    });

    expect(bodiesOf(setup, "PATCH")).toEqual([
      { properties: { phone: "", jobtitle: "CTO", lead_score: "" } },
    ]);
    expect(setup.sandbox.world.read("contacts", id)?.properties).toEqual({
      email: "ada@example.com",
      jobtitle: "CTO",
    });
  });

  it("keeps the amount of a deal in the deal's own currency", async () => {
    const { provider, sandbox } = hubspotSetup();
    const yen = sandbox.world.create("deals", { dealname: "A", amount: "1500", deal_currency_code: "JPY" });
    const dinar = sandbox.world.create("deals", { dealname: "B", amount: "1.5", deal_currency_code: "KWD" });

    const [a, b] = await provider.getMany("deal", [yen, dinar]);
    await provider.update({ kind: "deal", id: yen, fields: { amountMinor: 1600 } });
    await provider.update({ kind: "deal", id: dinar, fields: { amountMinor: 1501 } });

    expect([a?.fields.amountMinor, b?.fields.amountMinor]).toEqual([1500, 1500]);
    expect([yen, dinar].map((id) => sandbox.world.read("deals", id)?.properties["amount"])).toEqual([
      "1600",
      "1.501",
    ]);
  });

  it("keeps the day of a deal's close, in whatever zone HubSpot's stamp was made", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("deals", { dealname: "A", closedate: "2026-12-31T23:30:00Z" });
    expect((await provider.get("deal", id))?.fields.closeDate).toBe("2026-12-31");
    await provider.update({ kind: "deal", id, fields: { closeDate: "2027-03-01" } });
    expect(sandbox.world.read("deals", id)?.properties["closedate"]).toBe("2027-03-01T00:00:00.000Z");
  });

  it("tells a deal's state, which follows from its stage", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("deals", { dealname: "A", dealstage: "qualifiedtobuy" });
    const open = await provider.get("deal", id);
    const won = await provider.update({ kind: "deal", id, fields: { stageId: "closedwon" } });
    expect([open?.fields, won.fields]).toMatchObject([
      { status: "open", probability: 40 },
      { status: "won", probability: 100 },
    ]);
  });

  it("says where a merged record went", async () => {
    const { provider, sandbox } = hubspotSetup({}, { mergeGapShare: 1 });
    const [a = "", b = ""] = ["a", "b"].map((name) => sandbox.world.create("companies", { name }));
    const mergedInto = sandbox.world.merge("companies", a, b);
    await expect(provider.update({ kind: "company", id: b, fields: { name: "c" } })).rejects.toMatchObject({
      ...{ code: "crm.not_found", facts: { recordId: b, mergedInto } },
    });
  });
});

describe("a merged record", () => {
  it("is read under its new id, though its lists miss an old one", async () => {
    const { provider, sandbox } = hubspotSetup({}, { mergeGapShare: 1 });
    const [a = "", b = "", other = ""] = ["a", "b", "c"].map((name) =>
      sandbox.world.create("companies", { name }),
    );
    const merged = sandbox.world.merge("companies", a, b);

    const found = await provider.getMany("company", [b, other, a, "99999"]);

    expect(found.map((record) => record?.id)).toEqual([merged, other, merged, undefined]);
    expect((await provider.get("company", b))?.mergedIds).toContain(b);
  });

  it("is not removed by an id that was merged away", async () => {
    const { provider, sandbox } = hubspotSetup();
    const [a = "", b = ""] = ["a", "b"].map((name) => sandbox.world.create("companies", { name }));
    const merged = sandbox.world.merge("companies", a, b);

    await provider.remove("company", b);

    expect(sandbox.world.standing("companies")).toEqual([merged]);
  });
});

describe("the links of a contact", () => {
  it("have its primary company first, by get, by many and by list", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const [first = "", second = ""] = ["a", "b"].map((name) => sandbox.world.create("companies", { name }));
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    sandbox.world.associate("contacts", id, "companies", second);
    sandbox.world.associate("contacts", id, "companies", first);
    const links = { company: [second, first] };

    const pages = [];
    for await (const page of provider.list("contact")) pages.push(page);

    expect((await provider.get("contact", id))?.links).toEqual(links);
    expect((await provider.getMany("contact", [id]))[0]?.links).toEqual(links);
    expect(pages[0]?.records[0]?.links).toEqual(links);
    expect(clock.pending).toBeLessThan(10);
  });
});

describe("a key of the host's own", () => {
  it("finds a record of any kind at once", async () => {
    const { provider, sandbox } = hubspotSetup({ externalIdProperty: { company: "app_id" } });
    const id = sandbox.world.create("companies", { name: "Analytical", app_id: "c-1" });
    const found = await provider.lookup({ kind: "company", externalId: "c-1" });
    expect(found).toMatchObject({ certain: true, records: [{ id }] });
    expect((await provider.lookup({ kind: "company", externalId: "c-2" })).records).toEqual([]);
  });
});
