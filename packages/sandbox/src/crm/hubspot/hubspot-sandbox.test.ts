import { describe, expect, it } from "vitest";
import { createManualClock } from "../shared/index.js";
import { type HubspotSandboxOptions, hubspotSandbox } from "./hubspot-sandbox.js";

type Body = Record<string, unknown>;

/** A sandbox, its clock, and a caller of its API. */
function setup(options: HubspotSandboxOptions = {}) {
  const clock = createManualClock();
  const sandbox = hubspotSandbox({ clock, ...options });
  const call = async (method: string, path: string, body?: unknown, token = "pat-1") => {
    const response = await sandbox.fetch(`https://api.hubapi.com${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? {} : JSON.parse(text)) as Body,
    };
  };
  return { clock, sandbox, call };
}

const OBJECTS = "/crm/objects/2026-03";
const search = (filters: readonly Body[], more: Body = {}) => ({
  ...{ filterGroups: [{ filters }], sorts: [], properties: ["email", "jobtitle"], limit: 200, after: "0" },
  ...more,
});
const byEmail = (value: string) => search([{ propertyName: "email", operator: "EQ", value }]);
const resultsOf = (body: Body) => body["results"] as Body[];

describe("the HubSpot sandbox", () => {
  it.each(["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"])(
    "answers under %s",
    async (prefix) => {
      const { call } = setup();
      const made = await call("POST", `${prefix}/contacts`, {
        properties: { email: "Ada@Example.com", jobtitle: "CTO" },
      });
      expect(made.status).toBe(201);
      const read = await call("GET", `${prefix}/contacts/${made.body["id"]}`);
      expect(read.body["properties"]).toMatchObject({ email: "ada@example.com", firstname: null });
      expect(read.body["properties"]).not.toHaveProperty("jobtitle");
      expect((await call("GET", `${prefix}/deals`)).status).toBe(200);
      expect((await call("GET", `${prefix}/0-3`)).status).toBe(200);
      expect((await call("GET", `${prefix}/rockets`)).status).toBe(400);
    },
  );

  it("answers a write with what was sent and little else, all of it texts", async () => {
    const { call, sandbox } = setup();
    const id = sandbox.world.create("deals", { dealname: "A", amount: "10", pipeline: "default" });
    const { body } = await call("PATCH", `${OBJECTS}/deals/${id}`, {
      properties: { amount: 12.5, pipeline: "" },
    });
    expect(body["properties"]).toMatchObject({ amount: "12.5", pipeline: null });
    expect(body["properties"]).not.toHaveProperty("dealname");
    expect(sandbox.world.read("deals", id)?.properties).toEqual({ dealname: "A", amount: "12.5" });
  });

  it("names the record that is there already in its text alone", async () => {
    const { call, sandbox } = setup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    const { status, body } = await call("POST", `${OBJECTS}/contacts`, {
      properties: { email: "ada@example.com" },
    });
    expect([status, body["category"]]).toEqual([409, "CONFLICT"]);
    expect(body["message"]).toBe(`Contact already exists. Existing ID: ${id}`);
  });

  it.each([
    ["PROPERTY_DOESNT_EXIST", { nickname: "A" }],
    ["READ_ONLY_VALUE", { hs_object_id: "1" }],
    ["INVALID_EMAIL", { email: "ada" }],
    ["INVALID_OPTION", { lifecyclestage: "king" }],
  ])("refuses %s", async (error, properties) => {
    const { call, sandbox } = setup();
    const { status, body } = await call("POST", `${OBJECTS}/contacts`, { properties });
    expect(status).toBe(400);
    expect(body["message"]).toContain(`"error":"${error}"`);
    expect(sandbox.world.standing("contacts")).toEqual([]);
  });

  it("lists all by id, a hundred at most, and the archived ones apart", async () => {
    const { call, sandbox } = setup();
    const ids = sandbox.world.seed(
      "contacts",
      Array.from({ length: 150 }, () => ({ firstname: "A" })),
    );
    sandbox.world.archive("contacts", ids[0] ?? "");
    const first = await call("GET", `${OBJECTS}/contacts?limit=100`);
    const after = (first.body["paging"] as { next: { after: string } }).next.after;
    const second = await call("GET", `${OBJECTS}/contacts?limit=100&after=${after}`);
    expect([...resultsOf(first.body), ...resultsOf(second.body)].map(({ id }) => id)).toEqual(ids.slice(1));
    expect(second.body).not.toHaveProperty("paging");
    const gone = await call("GET", `${OBJECTS}/contacts?archived=true`);
    expect(resultsOf(gone.body)).toMatchObject([{ id: ids[0], archived: true }]);
    expect((await call("GET", `${OBJECTS}/contacts?limit=101`)).status).toBe(400);
    expect((await call("GET", `${OBJECTS}/contacts/${ids[0]}`)).status).toBe(404);
  });

  it("searches what it knew a while ago, counts what is gone, and shows what is new", async () => {
    const { call, clock, sandbox } = setup({ searchLagMs: 10_000, selfBumpMs: false });
    const id = sandbox.world.create("contacts", { email: "old@example.com" });
    expect((await call("POST", `${OBJECTS}/contacts/search`, byEmail("old@example.com"))).body["total"]).toBe(
      0,
    );
    clock.advance(10_000);
    sandbox.world.edit("contacts", id, { email: "new@example.com" });
    const stale = await call("POST", `${OBJECTS}/contacts/search`, byEmail("old@example.com"));
    expect(resultsOf(stale.body)).toMatchObject([{ properties: { email: "new@example.com" } }]);
    sandbox.world.archive("contacts", id);
    const gone = await call("POST", `${OBJECTS}/contacts/search`, byEmail("old@example.com"));
    expect(gone.body).toMatchObject({ total: 1, results: [] });
    clock.advance(10_000);
    expect((await call("POST", `${OBJECTS}/contacts/search`, byEmail("old@example.com"))).body["total"]).toBe(
      0,
    );
  });

  it.each([
    ["beyond its ceiling", search([], { after: "9900" })],
    ["without one of its five parts", { filterGroups: [], sorts: [], properties: [], limit: 10 }],
    ["with six groups", search([], { filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) })],
    ["with more than 200 a page", search([], { limit: 201 })],
    ["by a property that is not there", search([{ propertyName: "nickname", operator: "EQ", value: "a" }])],
  ])("refuses a search %s", async (_, body) => {
    const { call } = setup();
    expect((await call("POST", `${OBJECTS}/contacts/search`, body)).status).toBe(400);
  });

  it("takes five searches a second, and says neither why nor how long", async () => {
    const { call, clock, sandbox } = setup();
    const statuses = [];
    for (let at = 0; at < 6; at += 1)
      statuses.push(await call("POST", `${OBJECTS}/contacts/search`, byEmail("a@b.c")));
    const last = statuses.at(-1);
    expect(last?.status).toBe(429);
    expect(last?.body).toMatchObject({
      category: "RATE_LIMITS",
      message: "You have reached your secondly limit.",
    });
    expect(last?.body).not.toHaveProperty("policyName");
    expect(last?.headers.get("retry-after")).toBe(null);
    expect([...(last?.headers.keys() ?? [])].filter((name) => name.includes("ratelimit"))).toEqual([
      ...["x-hubspot-ratelimit-daily", "x-hubspot-ratelimit-daily-remaining"],
    ]);
    clock.advance(1_000);
    expect((await call("POST", `${OBJECTS}/contacts/search`, byEmail("a@b.c"))).status).toBe(200);
    expect(sandbox.rateBreaches).toBe(1);
  });

  it("takes so many calls in ten seconds, and names the rule", async () => {
    const { call } = setup({ rates: { tenSecondly: 2 } });
    const told = [];
    for (let at = 0; at < 3; at += 1) told.push(await call("GET", `${OBJECTS}/contacts`));
    expect(told.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(told[2]?.body).toMatchObject({ policyName: "TEN_SECONDLY_ROLLING", errorType: "RATE_LIMIT" });
    expect(told[1]?.headers.get("x-hubspot-ratelimit-remaining")).toBe("0");
  });

  it("moves a record's stamp by itself, 15 to 20 seconds after a write, and for a logged activity", async () => {
    const { clock, sandbox } = setup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    const stamp = () => Date.parse(sandbox.world.read("contacts", id)?.updatedAt ?? "");
    const made = clock.now();
    expect(stamp()).toBe(made);
    clock.advance(20_000);
    expect(stamp() - made).toBeGreaterThanOrEqual(15_000);
    expect(stamp() - made).toBeLessThanOrEqual(20_000);
    clock.advance(60_000);
    const note = sandbox.world.create("notes", { hs_note_body: "n" });
    sandbox.world.associate("notes", note, "contacts", id);
    expect(stamp()).toBe(clock.now());
  });

  it("makes a third record of two, to which both old ids lead", async () => {
    const { call, sandbox } = setup({ mergeGapShare: 0 });
    const [a, b] = ["a", "b"].map((name) => sandbox.world.create("contacts", { firstname: name }));
    const { body } = await call("POST", `${OBJECTS}/contacts/merge`, {
      primaryObjectId: a,
      objectIdToMerge: b,
    });
    const path = (id: unknown) =>
      `${OBJECTS}/contacts/${id}?properties=firstname,hs_merged_object_ids,hs_calculated_merged_vids`;
    for (const id of [a, b, body["id"]]) {
      expect((await call("GET", path(id))).body).toMatchObject({
        id: body["id"],
        properties: { firstname: "a", hs_merged_object_ids: `${a};${b}` },
      });
    }
    expect(sandbox.world.standing("contacts")).toEqual([body["id"]]);
  });

  it("names the rows of a batch that fail, or refuses it whole where rows have no trace id", async () => {
    const { call, sandbox } = setup();
    const taken = sandbox.world.create("contacts", { email: "taken@example.com" });
    const inputs = ["a@example.com", "taken@example.com"].map((email) => ({ properties: { email } }));
    const whole = await call("POST", `${OBJECTS}/contacts/batch/create`, { inputs });
    expect(whole.status).toBe(409);
    expect(sandbox.world.standing("contacts")).toEqual([taken]);
    const traced = inputs.map((input, at) => ({ ...input, objectWriteTraceId: `t${at}` }));
    const rows = await call("POST", `${OBJECTS}/contacts/batch/create`, { inputs: traced });
    expect(rows.status).toBe(207);
    expect(rows.body).toMatchObject({
      numErrors: 1,
      results: [{ objectWriteTraceId: "t0" }],
      errors: [{ category: "CONFLICT", context: { objectWriteTraceId: ["t1"], existingId: [taken] } }],
    });
  });

  it("upserts by a unique property, and reads a batch with some missing", async () => {
    const { call } = setup();
    const upsert = {
      inputs: [{ idProperty: "email", id: "ada@example.com", properties: { firstname: "Ada" } }],
    };
    const first = await call("POST", `${OBJECTS}/contacts/batch/upsert`, upsert);
    const second = await call("POST", `${OBJECTS}/contacts/batch/upsert`, upsert);
    expect([resultsOf(first.body)[0]?.["new"], resultsOf(second.body)[0]?.["new"]]).toEqual([true, false]);
    const id = resultsOf(first.body)[0]?.["id"];
    const read = await call("POST", `${OBJECTS}/contacts/batch/read`, {
      inputs: [{ id }, { id: "9" }],
      properties: [],
    });
    expect(read.status).toBe(207);
    expect(read.body).toMatchObject({ results: [{ id }], errors: [{ context: { ids: ["9"] } }] });
    const archived = await call("POST", `${OBJECTS}/contacts/batch/archive`, { inputs: [{ id }] });
    expect(archived.status).toBe(204);
  });

  it("never takes an address again that a privacy request removed", async () => {
    const { call } = setup();
    const erase = { objectId: "ada@example.com", idProperty: "email" };
    expect((await call("POST", `${OBJECTS}/contacts/gdpr-delete`, erase)).status).toBe(204);
    expect(
      (await call("POST", `${OBJECTS}/contacts`, { properties: { email: "ada@example.com" } })).status,
    ).toBe(400);
  });

  it("knows tokens that are good, expired, unknown and none", async () => {
    const { call, clock, sandbox } = setup();
    const token = sandbox.grants.issue();
    expect((await call("GET", `${OBJECTS}/contacts`, undefined, token)).status).toBe(200);
    clock.advance(1_800_000);
    expect((await call("GET", `${OBJECTS}/contacts`, undefined, token)).body["category"]).toBe(
      "EXPIRED_AUTHENTICATION",
    );
    expect((await call("GET", `${OBJECTS}/contacts`, undefined, "stolen")).status).toBe(401);
    expect((await call("GET", `${OBJECTS}/contacts`, undefined, "two words")).status).toBe(530);
  });

  it("tells one event a property, a hundred in a request", async () => {
    const bodies: string[] = [];
    const { sandbox } = setup({
      webhooks: {
        url: "https://app.example.com/hook",
        fetch: async (_, init) => {
          bodies.push(String(init?.body));
          return new Response(null, { status: 204 });
        },
      },
    });
    sandbox.world.create("contacts", { email: "a@example.com", firstname: "A", jobtitle: "B" });
    for (let at = 0; at < 60; at += 1) sandbox.world.create("companies", { name: `c${at}` });
    await sandbox.deliverWebhooks();
    const events = bodies.map((body) => JSON.parse(body) as Body[]);
    expect(events.map((list) => list.length)).toEqual([100, 24]);
    expect(
      events[0]?.slice(0, 4).map(({ subscriptionType, propertyName }) => [subscriptionType, propertyName]),
    ).toEqual([
      ["contact.creation", undefined],
      ["contact.propertyChange", "email"],
      ["contact.propertyChange", "firstname"],
      ["contact.propertyChange", "jobtitle"],
    ]);
  });

  it("has nothing after the journal's last file, and forgets files after three days", async () => {
    const { call, clock, sandbox } = setup();
    expect((await call("GET", "/webhooks-journal/journal/2026-03/earliest")).status).toBe(204);
    sandbox.world.create("contacts", { firstname: "A" });
    const { body } = await call("GET", "/webhooks-journal/journal/2026-03/earliest");
    const next = `/webhooks-journal/journal/2026-03/offset/${body["currentOffset"]}/next`;
    expect((await call("GET", next)).status).toBe(204);
    clock.advance(3 * 86_400_000 + 1);
    expect((await call("GET", next)).status).toBe(404);
  });

  it("is served on a socket too", async () => {
    const { sandbox } = setup();
    await using server = await sandbox.listen();
    const response = await fetch(`${server.url}${OBJECTS}/contacts`, {
      headers: { authorization: "Bearer pat-1" },
    });
    expect([response.status, await response.json()]).toEqual([200, { results: [] }]);
  });
});
