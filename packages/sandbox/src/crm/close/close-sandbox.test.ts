import { describe, expect, it } from "vitest";
import { createManualClock } from "../shared/manual-clock.js";
import { type CloseSandboxOptions, closeSandbox } from "./close-sandbox.js";

const FREE = Number.POSITIVE_INFINITY;
const KEY = `Basic ${btoa("api_sandbox:")}`;

function open(options: CloseSandboxOptions = {}) {
  const clock = createManualClock("2026-11-01T10:00:00Z");
  const rates = { search: FREE, general: FREE, leadDelete: FREE };
  const sandbox = closeSandbox({ clock, rates, ...options });
  const ask = async (method: string, path: string, body?: object, headers = {}) => {
    const response = await sandbox.fetch(`https://api.close.com/api/v1${path}`, {
      method,
      headers: { authorization: KEY, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
  };
  return { clock, sandbox, ask };
}

type World = ReturnType<typeof open>;

const contacts = (query: object[] = [], rest = {}) => ({
  query: { type: "and", queries: [{ type: "object_type", object_type: "contact" }, ...query] },
  _fields: { contact: ["id", "name", "date_updated"] },
  sort: [
    {
      direction: "asc",
      field: { type: "regular_field", object_type: "contact", field_name: "date_updated" },
    },
  ],
  ...rest,
});

const byEmail = (value: string) => ({
  type: "has_related",
  this_object_type: "contact",
  related_object_type: "contact_email",
  related_query: {
    type: "field_condition",
    field: { type: "regular_field", object_type: "contact_email", field_name: "email" },
    condition: { type: "text", mode: "full_words", value },
  },
});

async function manyContacts({ sandbox }: World, count: number) {
  await sandbox.act("POST", "/lead/", {
    name: "X",
    contacts: Array.from({ length: count }, (_, at) => ({ name: `C ${at}` })),
  });
}

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

describe("search", () => {
  it("finds words, and not addresses: other people's too", async () => {
    const { sandbox, ask } = open({ indexLagMs: 0 });
    for (const email of ["ada@x.test", "test@ada.x", "ada@y.test"]) {
      await sandbox.act("POST", "/contact/", { name: email, emails: [{ email }] });
    }

    const { body } = await ask("POST", "/data/search/", contacts([byEmail("ADA@x.test")]));

    expect(body.data.map(({ name }: { name: string }) => name).sort()).toEqual(["ada@x.test", "test@ada.x"]);
  });

  it("is behind for a while; a read by id is not", async () => {
    const { clock, ask } = open({ indexLagMs: 10_000 });
    const { id } = (await ask("POST", "/contact/", { name: "Ada" })).body;
    const found = async () => (await ask("POST", "/data/search/", contacts())).body.data.length;

    expect(await found()).toBe(0);
    expect((await ask("GET", `/contact/${id}/`)).status).toBe(200);
    clock.advance(10_000);
    expect(await found()).toBe(1);
  });

  it("walks by a cursor that dies after 30 seconds", async () => {
    const world = open({ indexLagMs: 0 });
    await manyContacts(world, 5);
    const page = (cursor: string | null) =>
      world.ask("POST", "/data/search/", contacts([], { _limit: 2, cursor }));

    const first = (await page(null)).body;
    const second = (await page(first.cursor)).body;
    world.clock.advance(30_001);

    expect([...first.data, ...second.data].map(({ name }) => name)).toEqual(["C 0", "C 1", "C 2", "C 3"]);
    expect((await page(second.cursor)).status).toBe(400);
  });

  it("gives 10,000 objects a walk, then a null cursor as if that were all, and counts them if asked", async () => {
    const world = open({ indexLagMs: 0 });
    await manyContacts(world, 10_050);

    let cursor: string | null = null;
    let given = 0;
    do {
      const { body } = await world.ask("POST", "/data/search/", contacts([], { _limit: 200, cursor }));
      given += body.data.length;
      cursor = body.cursor;
    } while (cursor !== null);
    const counted = await world.ask(
      "POST",
      "/data/search/",
      contacts([], { results_limit: 0, include_counts: true }),
    );

    expect(given).toBe(10_000);
    expect(counted.body.count).toEqual({ limited: 0, total: 10_050 });
  });

  it("bounds by stamps to the microsecond", async () => {
    const world = open({ indexLagMs: 0 });
    await manyContacts(world, 3);
    const { date_updated: stamp } = world.sandbox.standing("contact")[1] ?? {};
    const range = {
      type: "field_condition",
      field: { type: "regular_field", object_type: "contact", field_name: "date_updated" },
      condition: {
        type: "moment_range",
        on_or_after: { type: "fixed_utc", value: stamp },
        before: { type: "now" },
      },
    };

    const { body } = await world.ask("POST", "/data/search/", contacts([range]));

    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(["C 1", "C 2"]);
  });

  it.each([
    { query: { type: "strange" } },
    contacts([], { _limit: 201 }),
    contacts([], { cursor: "gone" }),
    contacts([], { sort: [{ field: { type: "regular_field", field_name: "lead_id" } }] }),
  ])("refuses what it doesn't know: %j", async (body) => {
    expect((await open().ask("POST", "/data/search/", body)).status).toBe(400);
  });
});

describe("the event log", () => {
  it("makes one event of quick edits, with the oldest values, at a new time", async () => {
    const { sandbox, clock, ask } = open({ consolidationMs: 60_000 });
    const { id } = (await ask("POST", "/contact/", { name: "Ada", title: "CIO" })).body;
    clock.advance(120_000);
    for (const title of ["CTO", "CEO"]) {
      await ask("PUT", `/contact/${id}/`, { title });
      clock.advance(10_000);
    }
    clock.advance(60_000);
    await ask("PUT", `/contact/${id}/`, { title: "COO" });

    const updates = sandbox
      .events()
      .filter(({ object_id: about, action }) => about === id && action === "updated");
    expect(updates.map(({ previous_data: before, data }) => [before["title"], data?.["title"]])).toEqual([
      ["CIO", "CEO"],
      ["CEO", "COO"],
    ]);
    expect(updates[0]?.date_created).toMatch(/T10:02:00\.\d{6}$/);
    expect(updates[0]?.date_updated).toMatch(/T10:02:10\.\d{6}$/);
  });

  it("pages from the newest to the oldest, and back to what came since", async () => {
    const { ask } = open();
    for (const name of ["A", "B", "C"]) await ask("POST", "/lead/", { name });
    const page = async (query = "") =>
      (await ask("GET", `/event/?object_type=lead&action=created&_limit=2${query}`)).body;
    const names = ({ data }: { data: { data: { name: string } }[] }) => data.map((event) => event.data.name);

    const newest = await page();
    const older = await page(`&_cursor=${newest.cursor_next}`);
    await ask("POST", "/lead/", { name: "D" });
    const since = await page(`&_cursor=${newest.cursor_previous}`);

    expect([names(newest), names(older), names(since)]).toEqual([["C", "B"], ["A"], ["D"]]);
    expect(older.cursor_next).toBeNull();
  });

  it("keeps 30 days, gives 50 at most, and takes only some filters together", async () => {
    const { clock, ask } = open();
    const { id } = (await ask("POST", "/lead/", { name: "A" })).body;
    clock.advance(31 * 86_400_000);

    expect((await ask("GET", "/event/")).body.data).toEqual([]);
    expect((await ask("GET", "/event/?_limit=51")).status).toBe(400);
    expect((await ask("GET", `/event/?object_type=lead&object_id=${id}&action=created`)).status).toBe(400);
  });
});

describe("opportunities and activities", () => {
  it("lists opportunities by dates and order, and sets the day on which one is won", async () => {
    const { sandbox, clock, ask } = open();
    const won = sandbox.settings.opportunityStatuses[1]?.id;
    const first = (await ask("POST", "/opportunity/", { value: 100_000 })).body;
    clock.advance(1_000);
    await ask("POST", "/opportunity/", { value: 5 });
    const changed = (await ask("PUT", `/opportunity/${first.id}/`, { status_id: won })).body;

    expect(changed).toMatchObject({ value_formatted: "$1,000", status_type: "won", date_won: "2026-11-01" });
    const bound = encodeURIComponent(first.date_updated);
    const listed = await ask("GET", `/opportunity/?date_updated__gt=${bound}&_order_by=-date_updated`);
    expect(listed.body.data.map(({ value }: { value: number }) => value)).toEqual([100_000, 5]);
    expect((await ask("GET", "/opportunity/?status_type=won")).body.data).toHaveLength(1);
    expect((await ask("GET", "/opportunity/?_order_by=name")).status).toBe(400);
  });

  it("sends an e-mail that is put in the outbox, and logs one that was sent", async () => {
    const { sandbox, ask } = open();
    const { id: leadId } = (await ask("POST", "/lead/", { name: "A" })).body;
    const mail = (status: string, more = {}) =>
      ask("POST", "/activity/email/", { lead_id: leadId, status, ...more });

    expect((await mail("outbox")).status).toBe(400);
    const sent = await mail("outbox", { sender: "me@x.test" });
    await mail("sent");

    expect(sandbox.sentMail).toEqual([sent.body.id]);
  });
});

describe("webhooks", () => {
  const subscribed = async (options: CloseSandboxOptions = {}) => {
    const received: { body: { event: { action: string } }; signature: string | null }[] = [];
    let status = 200;
    const world = open({
      ...options,
      webhooks: {
        ...options.webhooks,
        fetch: async (input, init) => {
          const request = new Request(input, init);
          received.push({
            body: JSON.parse(await request.text()),
            signature: request.headers.get("close-sig-hash"),
          });
          return new Response(null, { status });
        },
      },
    });
    const events = ["created", "updated", "deleted"].map((action) => ({ object_type: "contact", action }));
    const { body } = await world.ask("POST", "/webhook/", { url: "https://app.test/hook", events });
    return {
      ...world,
      received,
      subscription: body,
      answer: (next: number) => {
        status = next;
      },
    };
  };

  it("tells the key once, and holds updates back until they are consolidated", async () => {
    const { ask, clock, sandbox, received, subscription } = await subscribed();
    expect(subscription.signature_key).toMatch(/^[0-9a-f]{64}$/);
    expect((await ask("GET", `/webhook/${subscription.id}/`)).body).not.toHaveProperty("signature_key");
    const { id } = (await ask("POST", "/contact/", { name: "Ada" })).body;
    for (const title of ["CTO", "CEO"]) await ask("PUT", `/contact/${id}/`, { title });

    await sandbox.webhooks.deliver();
    expect(received.map(({ body }) => body.event.action)).toEqual(["created"]);
    clock.advance(61_000);
    await sandbox.webhooks.deliver();

    expect(received.map(({ body }) => body.event.action)).toEqual(["created", "updated"]);
    expect(received[1]?.body).toMatchObject({
      event: { data: { title: "CEO" } },
      subscription_id: subscription.id,
    });
    expect(received.every(({ signature }) => /^[0-9a-f]{64}$/.test(signature ?? ""))).toBe(true);
  });

  it("pauses and forgets at a full queue, and after three days of failures", async () => {
    const full = await subscribed({ webhooks: { maxBacklog: 2 } });
    for (const name of ["A", "B", "C"]) await full.ask("POST", "/contact/", { name });
    expect((await full.ask("GET", `/webhook/${full.subscription.id}/`)).body.status).toBe("paused");
    await full.ask("PUT", `/webhook/${full.subscription.id}/`, { status: "active" });
    await full.sandbox.webhooks.deliver();
    expect(full.received).toEqual([]);

    const failing = await subscribed();
    failing.answer(500);
    await failing.ask("POST", "/contact/", { name: "A" });
    await failing.sandbox.webhooks.deliver();
    failing.clock.advance(3 * 86_400_000);
    await failing.sandbox.webhooks.deliver();
    expect((await failing.ask("GET", `/webhook/${failing.subscription.id}/`)).body.status).toBe("paused");
  });

  it("allows 40 subscriptions", async () => {
    const { ask } = open();
    const make = () =>
      ask("POST", "/webhook/", {
        url: "https://a.test/",
        events: [{ object_type: "lead", action: "created" }],
      });
    for (let at = 0; at < 40; at++) expect((await make()).status).toBe(201);

    expect((await make()).status).toBe(400);
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
