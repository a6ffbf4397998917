import type { CrmChange, CrmWrite } from "@salesagent/ports";
import { type ApolloSandboxOptions, apolloSandbox, createManualClock } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { fromMinor, toMinor } from "./amount.js";
import { apollo } from "./apollo.js";
import type { ApolloOptions } from "./apollo-options.js";
import { apolloRateFacts } from "./apollo-rate-facts.js";
import { countryCode } from "./country-code.js";
import { instantOf } from "./instant.js";
import { inOrderOf } from "./match-order.js";

function scene(options: Partial<ApolloOptions> = {}, sandboxOptions: ApolloSandboxOptions = {}) {
  const clock = createManualClock();
  const sandbox = apolloSandbox({ clock, ...sandboxOptions });
  const provider = apollo(
    { apiKey: "secret-key" },
    { crm: true, fetch: sandbox.fetch, clock, random: () => 0.5, retry: false, ...options },
  );
  return { clock, sandbox, world: sandbox.world, provider };
}

const draft = (email: string) =>
  ({ kind: "contact", fields: { firstName: "Ada", lastName: "Byron", email } }) as const;

const retitled = (id: string): CrmChange<"contact"> => ({ kind: "contact", id, fields: { title: "CTO" } });

describe("writing to Apollo", () => {
  it("is off unless it is asked for", async () => {
    const { provider, sandbox } = scene({ crm: false });
    await expect(provider.create(draft("ada@x.test"))).rejects.toMatchObject({ code: "crm.unsupported" });
    expect(await provider.writeMany([{ op: "create", draft: draft("ada@x.test") }])).toMatchObject([
      { status: "refused" },
    ]);
    await expect(provider.tasks.create({ type: "call", contactId: "1", userId: "2" })).rejects.toMatchObject({
      code: "crm.unsupported",
    });
    expect(provider.capabilities.kinds.contact).toMatchObject({ create: false, update: false });
    expect(sandbox.calls).toEqual([]);
  });

  it("leaves a contact that stands as it is, and tells which it is", async () => {
    const { provider, world } = scene();
    const { id } = world.addContact({ first_name: "Ada", email: "ada@x.test", title: "Set by a person" });
    await expect(
      provider.create({ kind: "contact", fields: { email: "ada@x.test", title: "Ours" } }),
    ).rejects.toMatchObject({ code: "crm.exists", facts: { recordId: id }, replay: "safe" });
    expect(world.contacts.get(id)?.["title"]).toBe("Set by a person");
    expect(world.contacts.created).toBe(1);
  });

  it("makes no second contact when the answer to the first was lost", async () => {
    const { provider, sandbox, world } = scene();
    sandbox.fail({ fault: { type: "lost", when: "after" } });
    await expect(provider.create(draft("ada@x.test"))).rejects.toMatchObject({ replay: "unsafe" });
    const [made] = world.contacts.rows();
    await expect(provider.create(draft("ada@x.test"))).rejects.toMatchObject({
      facts: { recordId: made?.id },
    });
    expect(world.contacts.created).toBe(1);
  });

  it("sends many contacts at once, and tells each outcome in its order", async () => {
    const { provider, sandbox, world } = scene();
    const stands = world.addContact({ first_name: "Bo", email: "bo@x.test" });
    const gone = "5c14b81e0f04d3001d000001";
    const writes: readonly CrmWrite[] = [
      { op: "create", draft: draft("a@x.test") },
      { op: "create", draft: draft("bo@x.test") },
      { op: "update", change: retitled(stands.id) },
      { op: "update", change: retitled(gone) },
      { op: "remove", kind: "contact", id: stands.id },
      { op: "create", draft: { kind: "company", fields: { name: "Figma" } } },
    ];
    const outcomes = await provider.writeMany(writes);
    expect(outcomes).toMatchObject([
      { status: "written", record: { fields: { email: "a@x.test" } } },
      { status: "refused", error: { code: "crm.exists", facts: { recordId: stands.id } } },
      { status: "written", id: stands.id },
      { status: "refused", error: { code: "crm.not_found", facts: { recordId: gone } } },
      { status: "refused", error: { code: "crm.unsupported" } },
      { status: "written", record: { fields: { name: "Figma" } } },
    ]);
    expect(sandbox.calls.map(({ path }) => path.replace("/api/v1/", ""))).toEqual([
      "contacts/bulk_create",
      "contacts/bulk_update",
      `contacts/${gone}`,
      "accounts",
    ]);
  });

  it("sends each alone where one bad row makes Apollo refuse them all", async () => {
    const { provider, world } = scene();
    const emails = ["a@x.test", "not an address", "b@x.test"];
    const outcomes = await provider.writeMany(emails.map((email) => ({ op: "create", draft: draft(email) })));
    expect(outcomes).toMatchObject([
      { status: "written" },
      { status: "refused", error: { code: "crm.field_invalid", facts: { field: "email", kind: "contact" } } },
      { status: "written" },
    ]);
    expect(world.contacts.created).toBe(2);
  });

  it("calls a batch unknown when its answer was lost", async () => {
    const { provider, sandbox } = scene();
    sandbox.fail({ fault: { type: "lost", when: "after" } });
    const outcomes = await provider.writeMany(
      ["a@x.test", "b@x.test"].map((email) => ({ op: "create", draft: draft(email) })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["unknown", "unknown"]);
  });

  it("names the custom field whose value does not fit, before anything is sent", async () => {
    const mapping = { contact: { score: { field: "5c14b81e0f04d3001d000001", type: "number" } } } as const;
    const { provider, sandbox } = scene({ mapping });
    await expect(
      provider.update({ kind: "contact", id: "5c14b81e0f04d3001d000002", custom: { score: "high" } }),
    ).rejects.toMatchObject({ code: "crm.field_invalid", facts: { field: "score" } });
    expect(sandbox.calls).toEqual([]);
    const { contact, company } = provider.capabilities.kinds;
    expect([contact?.customFields, company?.customFields]).toEqual([["score"], []]);
  });

  it("takes choices by the host's names", async () => {
    const { world, sandbox, clock } = scene();
    const field = world.addField({
      modality: "contact",
      label: "Heat",
      type: "picklist",
      picklist: [{ id: "5c14b81e0f04d3001d00000a", name: "Hot" }],
    });
    const mapping = {
      contact: { heat: { field: field.id, type: "choice", choices: { hot: "5c14b81e0f04d3001d00000a" } } },
    } as const;
    const provider = apollo({ apiKey: "k" }, { crm: true, fetch: sandbox.fetch, clock, mapping });
    const made = await provider.create({ ...draft("a@x.test"), custom: { heat: "hot" } });
    expect(made.custom).toEqual({ heat: "hot" });
    expect(world.contacts.get(made.id)?.["typed_custom_fields"]).toEqual({
      [field.id]: "5c14b81e0f04d3001d00000a",
    });
    await expect(provider.create({ ...draft("b@x.test"), custom: { heat: "cold" } })).rejects.toMatchObject({
      code: "crm.field_invalid",
    });
  });

  it("takes no deal in another currency", async () => {
    const { provider } = scene();
    await expect(
      provider.create({ kind: "deal", fields: { name: "D", amountMinor: 100, currency: "EUR" } }),
    ).rejects.toMatchObject({ code: "crm.field_invalid", facts: { field: "currency" } });
  });

  it("makes and ends tasks", async () => {
    const { provider, world } = scene();
    const contact = world.addContact({ first_name: "Ada" });
    const { id } = await provider.tasks.create({
      type: "call",
      contactId: contact.id,
      userId: "u1",
      title: "Ring",
    });
    expect(world.tasks.get(id)).toMatchObject({ type: "call", title: "Ring", status: "scheduled" });
    await provider.tasks.complete(id);
    expect(world.tasks.get(id)?.["status"]).toBe("completed");
  });
});

describe("reading from Apollo", () => {
  it("takes no made-up address for one of a contact", async () => {
    const { provider, world } = scene();
    const { id } = world.addContact({ first_name: "Lo", email: "email_not_unlocked@domain.com" });
    expect((await provider.get("contact", id))?.fields).not.toHaveProperty("email");
  });

  it("finds a contact by any of its addresses, and not by a part of one", async () => {
    const { provider, world } = scene();
    const { id } = world.addContact({ first_name: "Ada", email: "ada@x.test" });
    world.addContact({ first_name: "Ada", email: "not.ada@x.test" });
    expect(await provider.lookup({ kind: "contact", email: "ADA@x.test" })).toMatchObject({
      records: [{ id }],
      certain: false,
    });
  });
});

describe("failures of Apollo", () => {
  it("tells a dead key from one that is for other endpoints, and keeps it to itself", async () => {
    for (const [keys, told] of [
      [{ other: ["*"] }, { code: "service.auth", facts: { status: 401 } }],
      [
        { "secret-key": ["api/v1/people/match"] },
        { code: "service.auth", facts: { status: 403, vendorCode: "API_INACCESSIBLE" } },
      ],
    ] as const) {
      const { provider } = scene({}, { keys });
      const error: unknown = await provider
        .get("contact", "5c14b81e0f04d3001d000001")
        .catch((failure: unknown) => failure);
      expect(error).toMatchObject(told);
      expect(JSON.stringify(error)).not.toContain("secret-key");
    }
  });

  it.each([false, true])(
    "reads a 429, also one that is JSON inside a JSON text: %s",
    async (doubleEncoded) => {
      const { provider } = scene({}, { doubleEncoded, limits: { general: { minute: 2, hour: 600 } } });
      const get = () => provider.get("contact", "5c14b81e0f04d3001d000001");
      await get();
      await get();
      // the budget has learnt from the headers that nothing is left, and does not ask
      await expect(get()).rejects.toMatchObject({ replay: "safe" });
    },
  );

  it("tells a wait that is far away at once, so that a job can be parked", async () => {
    const { provider, sandbox } = scene({ retry: undefined });
    sandbox.fail({ fault: { type: "rate-limited", retryAfterSeconds: 86_400 } });
    await expect(provider.get("contact", "5c14b81e0f04d3001d000001")).rejects.toMatchObject({
      code: "service.rate_limited",
      facts: { retryAfterMs: 86_400_000 },
    });
    expect(sandbox.calls).toHaveLength(1);
  });

  it("takes a wall in front of Apollo for no dead key", async () => {
    const { provider, sandbox } = scene();
    sandbox.fail({ fault: { type: "html" } });
    await expect(provider.get("contact", "5c14b81e0f04d3001d000001")).rejects.toMatchObject({
      code: "service.unavailable",
    });
  });

  it("keeps to 600 calls an hour, all endpoints together", async () => {
    const { provider, sandbox, clock } = scene({}, { limits: { general: {} } });
    let made = 0;
    for (let n = 0; n < 620; n++) {
      const outcome = await provider.get("contact", "5c14b81e0f04d3001d000001").then(
        () => "asked",
        () => "refused",
      );
      if (outcome === "asked") made += 1;
      clock.advance(10);
    }
    expect(made).toBeGreaterThan(500);
    expect(made).toBeLessThanOrEqual(600);
    expect(sandbox.calls).toHaveLength(made);
  });

  it("is well with a key that may not ask for its use, and down with a dead one", async () => {
    const scoped = scene({}, { keys: { "secret-key": ["api/v1/people/match"] } });
    expect(await scoped.provider.health()).toMatchObject([{ name: "apollo", status: "ok" }]);
    const dead = scene({}, { keys: { other: ["*"] } });
    expect(await dead.provider.health()).toMatchObject([{ name: "apollo", status: "down" }]);
  });
});

describe("apolloRateFacts", () => {
  it("takes an empty text for no limit, and not for 0", () => {
    const headers = new Headers({
      "x-rate-limit-minute": "200",
      "x-minute-requests-left": "0",
      "x-rate-limit-hourly": "",
      "x-hourly-requests-left": "",
      "x-rate-limit-24-hour": "2000",
    });
    expect(apolloRateFacts(headers)).toEqual([
      { window: "minute", windowMs: 60_000, limit: 200, remaining: 0 },
      { window: "day", windowMs: 86_400_000, limit: 2_000 },
    ]);
  });
});

describe("values", () => {
  it.each([
    ["1250.5", "USD", 125_050],
    [1_250, "USD", 125_000],
    ["1000", "JPY", 1_000],
    ["0.001", "USD", 0],
    ["many", "USD", undefined],
    [null, "USD", undefined],
  ])("reads the amount %s in %s", (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  it.each([
    [125_050, "USD", "1250.50"],
    [5, "USD", "0.05"],
    [1_000, "JPY", "1000"],
  ])("writes %i of %s without separators", (minor, currency, text) => {
    expect(fromMinor(minor, currency)).toBe(text);
    expect(toMinor(text, currency)).toBe(minor);
  });

  it.each([
    ["United States", "US"],
    ["Germany", "DE"],
    ["Ivory Coast", "CI"],
    ["Bosnia and Herzegovina", "BA"],
    ["Czech Republic", "CZ"],
    ["GB", "GB"],
    ["Atlantis", undefined],
    [undefined, undefined],
  ])("reads the country %s", (name, code) => {
    expect(countryCode(name)).toBe(code);
  });

  it("orders instants whatever their digits and offsets", () => {
    const same = [
      "2026-11-01T10:00:00Z",
      "2026-11-01T11:00:00.000+01:00",
      "2026-11-01T10:00:00.000000",
      "2026-11-01T09:00:00-0100",
    ];
    expect(new Set(same.map(instantOf)).size).toBe(1);
    expect(instantOf("2026-11-01T10:00:00.000001Z")).toBeGreaterThan(instantOf("2026-11-01T10:00:00Z") ?? 0n);
    expect(instantOf("soon")).toBeUndefined();
  });

  it("puts a match beside the hints that it answers, where Apollo changed the order", () => {
    const [ada, bo] = [
      { id: "1", email: "ada@x.test" },
      { id: "2", email: "bo@x.test" },
    ];
    const hints = [{ email: "ada@x.test" }, { email: "no@x.test" }, { email: "bo@x.test" }];
    expect(inOrderOf(hints, [ada, null, bo])).toEqual([ada, undefined, bo]);
    expect(inOrderOf(hints, [bo, ada, null])).toEqual([ada, undefined, bo]);
    // a person with another address than the one asked by stays where Apollo put them
    expect(inOrderOf(hints, [ada, { id: "3", email: "new@x.test" }, bo])[1]).toMatchObject({ id: "3" });
  });
});
