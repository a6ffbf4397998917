import type { CrmKind } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { closeScene, TIER_FIELD } from "./testing/close-setup.js";

describe("a contact", () => {
  it("without a company is made with its lead by one call", async () => {
    const { sandbox, provider } = closeScene();

    const made = await provider.create({
      kind: "contact",
      fields: { fullName: "Ada Byron", email: "ada@x.test" },
    });

    expect(sandbox.writes).toMatchObject([
      { method: "POST", path: "/lead/", body: { name: "Ada Byron", contacts: [{ name: "Ada Byron" }] } },
    ]);
    expect(sandbox.standing("lead").map(({ id }) => id)).toEqual(made.links.company);
    expect(made.fields).toMatchObject({ firstName: "Ada", lastName: "Byron", email: "ada@x.test" });
  });

  it("whose answer is lost is there once, with one lead, and can be found", async () => {
    const { sandbox, provider, clock } = closeScene();
    sandbox.fail({ on: ({ path }) => path.endsWith("/lead/"), fault: { type: "lost", when: "after" } });

    const draft = { kind: "contact", fields: { fullName: "Ada Byron", email: "ada@x.test" } } as const;
    await expect(provider.create(draft)).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "unsafe",
    });
    clock.advance(30_000);

    expect([sandbox.standing("lead").length, sandbox.standing("contact").length]).toEqual([1, 1]);
    const found = await provider.lookup({ kind: "contact", email: "Ada@X.test" });
    expect(found.records).toHaveLength(1);
    expect(found.certain).toBe(false);
  });

  it("takes one more address, and keeps the others with their types", async () => {
    const { sandbox, provider } = closeScene();
    const emails = [
      { email: "ada@x.test", type: "home" },
      { email: "ada@y.test", type: "direct" },
    ];
    const urls = [{ url: "https://ada.test", type: "blog" }];
    const { id } = await sandbox.act("POST", "/contact/", { name: "Ada  Byron", emails, urls });

    const changed = await provider.update({
      kind: "contact",
      id: String(id),
      fields: {
        otherEmails: ["ada@y.test", "ada@z.test"],
        linkedinUrl: "https://www.linkedin.com/in/ada",
        firstName: "Ada",
        lastName: "Byron",
      },
    });

    expect(sandbox.writes).toEqual([
      {
        method: "PUT",
        path: `/contact/${id}/`,
        body: {
          emails: [...emails, { email: "ada@z.test", type: "office" }],
          urls: [...urls, { url: "https://www.linkedin.com/in/ada", type: "url" }],
        },
      },
    ]);
    expect(sandbox.find("contact", String(id))?.["name"]).toBe("Ada  Byron");
    expect(changed.fields.otherEmails).toEqual(["ada@y.test", "ada@z.test"]);
  });

  it("that says so already is not written", async () => {
    const { sandbox, provider } = closeScene();
    const { id } = await sandbox.act("POST", "/contact/", {
      name: "Ada Byron",
      emails: [{ email: "Ada@x.test" }],
    });

    const fields = { fullName: "Ada Byron", email: "ada@x.test", otherPhones: [] };
    const same = await provider.update({ kind: "contact", id: String(id), fields });

    expect(sandbox.writes).toEqual([]);
    expect(same.id).toBe(id);
  });

  it("goes over to another lead", async () => {
    const { sandbox, provider } = closeScene();
    const { id } = await sandbox.act("POST", "/contact/", { name: "Ada" });
    const lead = await provider.create({ kind: "company", fields: { name: "X" } });

    const moved = await provider.update({ kind: "contact", id: String(id), links: { company: [lead.id] } });

    expect(moved.links.company).toEqual([lead.id]);
    expect(sandbox.writes.at(-1)?.body).toEqual({ lead_id: lead.id });
  });

  it("is opted out by its address, which Close keeps for itself", async () => {
    const { provider } = closeScene();
    const made = await provider.create({ kind: "contact", fields: { email: "ada@x.test" } });
    expect(made.fields.optedOut).toBe(false);

    await provider.optOuts.add("ada@x.test");
    expect((await provider.get("contact", made.id))?.fields.optedOut).toBe(true);
    await provider.optOuts.remove("ada@x.test");
    await provider.optOuts.remove("ada@x.test");

    expect((await provider.get("contact", made.id))?.fields.optedOut).toBe(false);
  });

  it("is looked up by the whole address: other people's words are no match", async () => {
    const { sandbox, provider } = closeScene({ indexLagMs: 0 });
    for (const email of ["test@ada.x", "ada@x.test", "ada@x.test.example"]) {
      await sandbox.act("POST", "/contact/", { name: email, emails: [{ email }] });
    }

    const { records } = await provider.lookup({ kind: "contact", email: "ada@x.test" });

    expect(records.map(({ fields }) => fields.email)).toEqual(["ada@x.test"]);
  });
});

describe("values that Close or the mapping refuse", () => {
  it.each([
    [{ fields: { email: "nobody" } }, "email"],
    [{ fields: { phone: "12" } }, "phone"],
    [{ fields: {}, custom: { tier: "lead" } }, "tier"],
    [{ fields: {}, custom: { tier: 5 } }, "tier"],
    [{ fields: {}, custom: { colour: "red" } }, "colour"],
    [{ fields: {}, links: { company: ["lead_gone"] } }, "links.company"],
  ])("%j names the field %s", async (draft, field) => {
    const { sandbox, provider } = closeScene();
    await sandbox.act("POST", "/lead/", { name: "X" });

    const error = await provider.create({ kind: "contact", ...draft }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: "crm.field_invalid",
      replay: "safe",
      facts: { crm: "close", field },
    });
    expect(String(error)).not.toContain("nobody");
    expect(sandbox.standing("contact")).toEqual([]);
  });

  it("clears a custom field, and sends it by Close's own name", async () => {
    const { sandbox, provider } = closeScene();
    const made = await provider.create({
      kind: "contact",
      fields: { fullName: "Ada" },
      custom: { tier: "gold" },
    });
    expect(made.custom).toEqual({ tier: "gold" });

    const cleared = await provider.update({ kind: "contact", id: made.id, custom: { tier: null } });

    expect(cleared.custom).toEqual({});
    expect(sandbox.writes.at(-1)?.body).toEqual({ [`custom.${TIER_FIELD}`]: null });
  });

  it("settles the rows beside one that is refused, and stops at what every row would meet", async () => {
    const { sandbox, provider } = closeScene();
    const row = (email: string) => ({ op: "create", draft: { kind: "contact", fields: { email } } }) as const;

    const outcomes = await provider.writeMany([row("a@x.test"), row("nobody"), row("b@x.test")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["written", "refused", "written"]);

    const isWrite = ({ method }: { method: string }) => method === "POST";
    sandbox.fail({ on: isWrite, after: 1, times: 5, fault: { type: "status", status: 401, body: {} } });
    const stopped = await provider.writeMany([row("c@x.test"), row("d@x.test"), row("e@x.test")]);
    expect(stopped).toMatchObject([
      { status: "written" },
      { status: "refused", error: { code: "service.auth" } },
      { status: "refused", error: { code: "service.auth" } },
    ]);
    await expect(provider.writeMany([row("f@x.test")])).rejects.toMatchObject({ code: "service.auth" });
  });
});

describe("a lead", () => {
  it("keeps its site where only the domain is named, and changes parts of its first address", async () => {
    const { sandbox, provider } = closeScene();
    const addresses = [
      { label: "business", address_1: "Ring 1", city: "Munich", zipcode: "80331" },
      { label: "mailing", city: "Bonn" },
    ];
    const { id } = await sandbox.act("POST", "/lead/", {
      name: "X",
      url: "https://www.x.test/home",
      addresses,
    });

    const fields = { domain: "x.test", city: "Berlin" };
    const changed = await provider.update({ kind: "company", id: String(id), fields });

    expect(sandbox.writes.map(({ body }) => Object.keys(body))).toEqual([["addresses"]]);
    expect(changed.fields).toMatchObject({
      domain: "x.test",
      website: "https://www.x.test/home",
      city: "Berlin",
    });
    expect(sandbox.find("lead", String(id))?.["addresses"]).toMatchObject([
      { city: "Berlin", zipcode: "80331", address_1: "Ring 1" },
      { city: "Bonn" },
    ]);
  });
});

describe("a deal", () => {
  it("holds cents, a day, and what follows from its stage", async () => {
    const { sandbox, provider } = closeScene();
    const { id: leadId } = await sandbox.act("POST", "/lead/", { name: "X" });
    const won = sandbox.settings.opportunityStatuses[1]?.id ?? "";

    const made = await provider.create({
      kind: "deal",
      fields: { amountMinor: 100_000, stageId: won, closeDate: "2026-03-29", probability: 99.6 },
      links: { company: [String(leadId)] },
    });

    expect(made.fields).toMatchObject({
      amountMinor: 100_000,
      currency: "USD",
      status: "won",
      pipelineId: sandbox.settings.pipeline.id,
      closeDate: "2026-03-29",
      probability: 100,
    });
    const cleared = provider.update({ kind: "deal", id: made.id, fields: { amountMinor: null } });
    await expect(cleared).rejects.toMatchObject({
      code: "crm.field_invalid",
      facts: { field: "amountMinor" },
    });
  });
});

describe("an activity", () => {
  const at = "2026-10-30T09:00:00.000Z";

  it.each([
    ["note", { subject: "Call", body: "They buy." }, "activity.note"],
    ["call", { body: "They buy.", direction: "out" }, "activity.call"],
    ["email", { subject: "Offer", body: "Dear Ada", direction: "out" }, "activity.email"],
    ["task", { body: "Call back", dueAt: at, done: false }, "task.lead"],
  ] as const)(
    "of type %s is made, read, changed and removed; nothing is sent",
    async (type, fields, stored) => {
      const { sandbox, provider } = closeScene();
      const { id: leadId } = await sandbox.act("POST", "/lead/", { name: "X" });
      const links = { company: [String(leadId)] };

      const made = await provider.create({
        kind: "activity",
        fields: { type, ...(type === "task" ? {} : { at }), ...fields },
        links,
      });
      expect((await provider.get("activity", made.id))?.fields).toMatchObject({ type, ...fields });
      expect(sandbox.standing(stored)).toHaveLength(1);
      const changed = await provider.update({ kind: "activity", id: made.id, fields: { body: "Later" } });
      expect(changed.fields.body).toBe("Later");
      await provider.remove("activity", made.id);

      expect(await provider.get("activity", made.id)).toBeUndefined();
      expect(sandbox.sentMail).toEqual([]);
      expect(sandbox.writes[0]?.body).not.toMatchObject({ status: "outbox" });
    },
  );

  it.each([
    [{ type: "meeting" }, "type"],
    [{}, "type"],
    [{ type: "email", direction: "in" }, "direction"],
  ] as const)("of %j is refused by its %s", async (fields, field) => {
    const { provider } = closeScene();
    const links = { company: ["lead_A"] };

    await expect(provider.create({ kind: "activity", fields, links })).rejects.toMatchObject({
      code: "crm.field_invalid",
      facts: { field },
    });
  });
});

describe("what Close hasn't", () => {
  it("is unsupported, and asks nobody", async () => {
    const { sandbox, provider } = closeScene();

    const pages = provider.list("activity")[Symbol.asyncIterator]();
    await expect(pages.next()).rejects.toMatchObject({ code: "crm.unsupported" });
    const changes = provider.changes("activity", { since: "2026-01-01T00:00:00Z" })[Symbol.asyncIterator]();
    await expect(changes.next()).rejects.toMatchObject({ code: "crm.unsupported" });
    for (const kind of ["deal", "activity"] satisfies CrmKind[]) {
      await expect(provider.lookup({ kind, name: "X" })).rejects.toMatchObject({ code: "crm.unsupported" });
    }
    await expect(provider.lookup({ kind: "contact", name: "X" })).rejects.toMatchObject({
      code: "crm.unsupported",
    });
    await expect(provider.lookup({ kind: "contact" })).rejects.toThrow(/at least one of email, phone/);
    expect(sandbox.calls).toEqual([]);
  });
});
