import { describe, expect, it } from "vitest";
import { createManualClock } from "../shared/index.js";
import { type ApolloSandboxOptions, apolloSandbox } from "./apollo-sandbox.js";

function scene(options: ApolloSandboxOptions = {}) {
  const clock = createManualClock();
  const sandbox = apolloSandbox({ clock, ...options });
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await sandbox.fetch(`https://api.apollo.io/api/v1${path}`, {
      method,
      headers: { "x-api-key": "k" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
  return { clock, sandbox, world: sandbox.world, call };
}

describe("apolloSandbox", () => {
  it("refuses a call without a key in plain text, without headers of limits", async () => {
    const { sandbox } = scene();
    const response = await sandbox.fetch("https://api.apollo.io/api/v1/contacts/search", { method: "POST" });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(response.headers.has("x-rate-limit-minute")).toBe(false);
  });

  it("makes a second contact of the same address, and with run_dedupe writes over the first", async () => {
    const { world, call } = scene();
    const ada = { first_name: "Ada", email: "ada@x.test", title: "CTO" };
    const first = (await call("POST", "/contacts", ada)).json().contact;
    const second = (await call("POST", "/contacts", ada)).json().contact;
    expect(second.id).not.toBe(first.id);
    const over = { email: "ada@x.test", title: "", run_dedupe: true };
    const answer = (await call("POST", "/contacts", over)).json().contact;
    expect(answer).toMatchObject({ id: first.id, first_name: "Ada", title: null });
    expect(world.contacts.created).toBe(2);
  });

  it("leaves contacts alone that a bulk create finds", async () => {
    const { call } = scene();
    const { contact } = (await call("POST", "/contacts", { email: "ada@x.test", title: "CTO" })).json();
    const rows = [{ email: "ADA@x.test", title: "CEO" }, { email: "bo@x.test" }];
    const answer = (await call("POST", "/contacts/bulk_create", { contact_attributes: rows })).json();
    expect(answer.existing_contacts).toMatchObject([{ id: contact.id, title: "CTO" }]);
    expect(answer.created_contacts).toMatchObject([{ email: "bo@x.test" }]);
  });

  it("tells limits in headers, with an empty text where there is none, and refuses with the window's name", async () => {
    const { call, sandbox, clock } = scene({ limits: { general: { hour: 2, day: 100 } } });
    const { headers } = await call("GET", "/fields");
    expect(headers.get("x-rate-limit-minute")).toBe("");
    expect(headers.get("x-minute-requests-left")).toBe("");
    expect(headers.get("x-hourly-requests-left")).toBe("1");
    expect(headers.get("x-rate-limit-24-hour")).toBe("100");
    await call("GET", "/fields");
    clock.advance(600_000);
    const refused = await call("GET", "/fields");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("3000");
    expect(refused.json().message).toMatch(/api\/v1\/fields\/index is 2 times per hour/);
    expect(sandbox.breaches).toBe(1);
    expect((await call("GET", "/users/search")).status).toBe(200);
    clock.advance(3_000_000);
    expect((await call("GET", "/fields")).status).toBe(200);
  });

  it("tells what was used by endpoint, in keys that are lists as text", async () => {
    const { call } = scene();
    await call("POST", "/contacts/search", {});
    const usage = (await call("POST", "/usage_stats/api_usage_stats")).json();
    expect(usage['["api/v1/contacts", "search"]'].hour).toEqual({
      limit: 6_000,
      consumed: 1,
      left_over: 5_999,
    });
  });

  it("shows people in a search without their address and most of their name", async () => {
    const { world, call } = scene();
    world.database.addPerson({ first_name: "Ada", last_name: "Byron", email: "ada@x.test", title: "CTO" });
    const answer = (await call("POST", "/mixed_people/api_search?person_titles[]=cto")).json();
    expect(answer).toMatchObject({
      total_entries: 1,
      people: [{ has_email: true, last_name_obfuscated: "By***n" }],
    });
    expect(JSON.stringify(answer)).not.toMatch(/ada@|Byron/);
  });

  it("answers a miss with 200, counts a person's credit once, and takes no more than ten at once", async () => {
    const { world, call } = scene();
    world.database.addPerson({ first_name: "Ada", email: "ada@x.test" });
    expect((await call("POST", "/people/match?email=no@x.test")).json()).toEqual({ person: null });
    await call("POST", "/people/match?email=ada@x.test");
    const details = [{ email: "no@x.test" }, { email: "ada@x.test" }];
    const bulk = (await call("POST", "/people/bulk_match", { details })).json();
    expect(bulk).toMatchObject({
      missing_records: 1,
      credits_consumed: 0,
      matches: [null, { email: "ada@x.test" }],
    });
    expect(world.database.credits).toBe(1);
    const many = Array.from({ length: 11 }, () => ({ email: "ada@x.test" }));
    const refused = await call("POST", "/people/bulk_match", { details: many });
    expect(refused.status).toBe(400);
    expect(refused.json().error_code).toBe("RECORD_LIMIT_EXCEEDED");
  });

  it("writes the id of a waterfall as a bare number of 64 bits, and holds its result back", async () => {
    const { world, call, clock } = scene({ waterfallMs: 5_000 });
    world.database.addPerson({ first_name: "Ada", email: "ada@x.test" });
    const path = "/people/match?email=ada@x.test&run_waterfall_email=true&webhook_url=https://a.test/";
    const { text } = await call("POST", path);
    const id = /"request_id":(-\d{19}),/.exec(text)?.[1] ?? "";
    expect(BigInt(id)).toBeGreaterThanOrEqual(-(2n ** 63n));
    expect(JSON.parse(text).person).not.toHaveProperty("email");
    const pending = await call("GET", `/webhook_result/${id}`);
    expect([pending.status, pending.json().retry_after_seconds]).toEqual([404, 5]);
    clock.advance(5_000);
    expect((await call("GET", `/webhook_result/${id}`)).json()).toMatchObject({ request_id: id });
    expect((await call("GET", "/webhook_result/abc")).status).toBe(400);
    expect((await call("POST", "/people/match?email=a@x.test&reveal_phone_number=true")).status).toBe(400);
  });

  it("finds what was written after the index has caught up, and tells no page beyond the 500th", async () => {
    const { world, call, clock } = scene({ searchLagMs: 10_000 });
    const { id } = world.addContact({ first_name: "Ada" });
    const search = async (body: unknown) => (await call("POST", "/contacts/search", body)).json();
    expect((await search({})).contacts).toEqual([]);
    clock.advance(10_000);
    expect((await search({})).contacts).toMatchObject([{ id }]);
    world.contacts.remove(id);
    expect((await search({})).contacts).toMatchObject([{ id }]);
    clock.advance(10_000);
    expect((await search({})).contacts).toEqual([]);
    expect((await call("POST", "/contacts/search", { page: 501 })).status).toBe(422);
  });

  it("is served on the loopback interface as well", async () => {
    await using server = await scene().sandbox.listen();
    const response = await fetch(`${server.url}/api/v1/fields`, { headers: { "x-api-key": "k" } });
    expect(await response.json()).toEqual({ fields: [] });
  });
});
