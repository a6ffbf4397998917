import { describe, expect, it } from "vitest";
import { contacts, FREE, manyContacts, open } from "./testing/open-close.js";

describe("access", () => {
  it("takes a key as user name with an empty password, and no other", async () => {
    const { ask } = open();

    expect((await ask("GET", "/me/")).status).toBe(200);
    expect((await ask("GET", "/me/", undefined, { authorization: `Basic ${btoa("other:")}` })).status).toBe(
      401,
    );
    expect((await ask("GET", "/me/", undefined, { authorization: "Bearer nothing" })).status).toBe(401);
  });

  it("redirects a path without a slash, and knows 404 from 405", async () => {
    const { ask } = open();

    const redirected = await ask("GET", "/me");
    expect([redirected.status, redirected.headers.get("location")]).toEqual([301, "/api/v1/me/"]);
    expect((await ask("GET", "/nothing/")).status).toBe(404);
    expect((await ask("PUT", "/me/")).status).toBe(405);
  });

  it("gives a new pair for a refresh token, once", async () => {
    const { sandbox, ask } = open();
    const first = sandbox.oauth.issue();
    const refresh = (token: string) =>
      sandbox.fetch("https://api.close.com/oauth2/token/", {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "refresh_token",
          refresh_token: token,
          client_id: "oa2client_sandbox",
          client_secret: "sandbox_secret",
        }),
      });

    const second = JSON.parse(await (await refresh(first.refresh_token)).text());
    expect(second).toMatchObject({ expires_in: 3600, token_type: "Bearer" });
    expect((await refresh(first.refresh_token)).status).toBe(400);
    const me = await ask("GET", "/me/", undefined, { authorization: `Bearer ${second.access_token}` });
    expect(me.status).toBe(200);
    expect(sandbox.oauth.refreshes).toBe(1);
  });

  it("limits each group of endpoints by key, tells it in one header, and counts who came too often", async () => {
    const { sandbox, clock, ask } = open({ rates: { search: 2, general: FREE } });
    const search = () => ask("POST", "/data/search/", contacts());

    expect((await search()).headers.get("ratelimit")).toBe("limit=2, remaining=1, reset=8");
    clock.advance(1_500);
    await search();
    const refused = await search();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit")).toBe("limit=2, remaining=0, reset=6.5");
    expect(refused.headers.get("retry-after")).toBe("7");
    expect((await ask("GET", "/me/")).status).toBe(200);
    expect(sandbox.rateBreaches()).toBe(1);

    clock.advance(6_500);
    expect((await search()).status).toBe(200);
  });
});

describe("leads and contacts", () => {
  it("makes a lead for a contact without one, named after it", async () => {
    const { ask } = open();

    const contact = (await ask("POST", "/contact/", { name: "Ada Byron" })).body;

    expect((await ask("GET", `/lead/${contact.lead_id}/`)).body).toMatchObject({
      display_name: "Ada Byron",
      contacts: [{ id: contact.id }],
    });
  });

  it("patches with PUT, and replaces lists whole", async () => {
    const { ask } = open();
    const emails = [{ email: "a@x.test", type: "home" }, { email: "b@x.test" }];
    const { id } = (await ask("POST", "/contact/", { name: "Ada", title: "CTO", emails })).body;

    const changed = (await ask("PUT", `/contact/${id}/`, { emails: [{ email: "b@x.test" }] })).body;

    expect(changed).toMatchObject({ name: "Ada", title: "CTO" });
    expect(changed.emails).toEqual([{ email: "b@x.test", type: "office", is_unsubscribed: false }]);
    expect(changed.date_updated).toMatch(/^2026-11-01T10:00:00\.\d{6}\+00:00$/);
  });

  it.each([
    ["/contact/", { emails: [{ email: "nobody" }] }, "emails"],
    ["/contact/", { phones: [{ phone: "12" }] }, "phones"],
    ["/contact/", { lead_id: "lead_gone" }, "lead_id"],
    ["/contact/", { "custom.cf_gone": 1 }, "custom.cf_gone"],
    ["/contact/", { colour: "red" }, "colour"],
    ["/opportunity/", { value: 12.5 }, "value"],
    ["/opportunity/", { value_currency: "EUR" }, "value_currency"],
    ["/activity/note/", { note: "Hi" }, "lead_id"],
    ["/activity/email/", { lead_id: "", status: "sent" }, "lead_id"],
  ])("refuses %s %j by the field", async (path, body, field) => {
    const { status, body: answer } = await open().ask("POST", path, body);

    expect(status).toBe(400);
    expect(Object.keys(answer["field-errors"])).toEqual([field]);
  });

  it("moves the lead's stamp with a contact, and says nothing of it in the event log", async () => {
    const { sandbox, ask } = open();
    const { id, lead_id: leadId } = (await ask("POST", "/contact/", { name: "Ada" })).body;
    const before = sandbox.find("lead", leadId)?.date_updated ?? "";

    await ask("DELETE", `/contact/${id}/`);

    expect((sandbox.find("lead", leadId)?.date_updated ?? "") > before).toBe(true);
    const events = sandbox.events().filter((event) => event.object_id === leadId);
    expect(events.map(({ action }) => action)).toEqual(["created"]);
  });

  it("removes what hangs on a lead with it, and tells of each", async () => {
    const { sandbox, ask } = open();
    const { lead_id: leadId } = (await ask("POST", "/contact/", { name: "Ada" })).body;
    await ask("POST", "/opportunity/", { lead_id: leadId });
    await ask("POST", "/task/", { lead_id: leadId, text: "Call" });

    await ask("DELETE", `/lead/${leadId}/`);

    expect(sandbox.standing("contact")).toEqual([]);
    const removed = sandbox.events().filter(({ action }) => action === "deleted");
    expect(removed.map(({ object_type: type }) => type).sort()).toEqual([
      "contact",
      "lead",
      "opportunity",
      "task.lead",
    ]);
    expect(removed.every(({ data }) => data === null)).toBe(true);
  });

  it("merges leads: what hung on one hangs on the other, and three events tell it", async () => {
    const { sandbox, ask } = open();
    const [source, destination] = [
      (await ask("POST", "/contact/", { name: "Ada" })).body,
      (await ask("POST", "/contact/", { name: "Grace" })).body,
    ];

    await ask("POST", "/lead/merge/", { source: source.lead_id, destination: destination.lead_id });

    expect(sandbox.find("contact", source.id)).toMatchObject({ lead_id: destination.lead_id });
    expect((await ask("GET", `/lead/${source.lead_id}/`)).status).toBe(404);
    const told = sandbox.events().filter(({ meta }) => meta["merge_source_lead_id"] === source.lead_id);
    expect(told.map(({ action, object_id: id }) => [action, id])).toEqual([
      ["merged", destination.lead_id],
      ["deleted", source.lead_id],
    ]);
  });

  it("lists by offsets as far as its limits go", async () => {
    const world = open({ maxSkip: 3 });
    await manyContacts(world, 5);

    const page = (await world.ask("GET", "/contact/?_limit=2&_skip=3&_fields=id,name")).body;
    expect(page).toMatchObject({ has_more: false, data: [{ name: "C 3" }, { name: "C 4" }] });
    expect(Object.keys(page.data[0])).toEqual(["name", "id"]);
    expect((await world.ask("GET", "/contact/?_skip=4")).status).toBe(400);
    expect((await world.ask("GET", "/contact/?_limit=201")).status).toBe(400);
  });
});

describe("custom fields and opt-outs", () => {
  it("checks values by their type, clears with null, and adds to lists", async () => {
    const customFields = [
      { owner: "contact", name: "Score", type: "number", id: "cf_n" },
      { owner: "shared", name: "Days", type: "text", acceptsMultipleValues: true, id: "cf_m" },
    ] as const;
    const { ask } = open({ customFields });
    const { id } = (await ask("POST", "/contact/", { "custom.cf_n": 5, "custom.cf_m": ["Mo"] })).body;
    const put = async (body: object) => (await ask("PUT", `/contact/${id}/`, body)).body;

    expect(await put({ "custom.cf_m.add": "Tu" })).toMatchObject({
      "custom.cf_n": 5,
      "custom.cf_m": ["Mo", "Tu"],
    });
    expect(await put({ "custom.cf_m.remove": "Mo", "custom.cf_n": null })).not.toHaveProperty("custom.cf_n");
    expect(await put({ "custom.cf_n": "five" })).toHaveProperty("field-errors");
    expect((await ask("GET", "/custom_field/contact/")).body.data).toMatchObject([
      { id: "cf_n", name: "Score" },
    ]);
  });

  it("shows an address that was unsubscribed on every contact", async () => {
    const { ask } = open();
    const { id } = (await ask("POST", "/contact/", { emails: [{ email: "a@x.test" }] })).body;

    expect((await ask("POST", "/unsubscribe/email/", { email: "a@x.test" })).status).toBe(201);
    expect((await ask("GET", `/contact/${id}/`)).body.emails[0].is_unsubscribed).toBe(true);
    await ask("DELETE", "/unsubscribe/email/a@x.test/");
    expect((await ask("GET", `/contact/${id}/`)).body.emails[0].is_unsubscribed).toBe(false);
  });
});
