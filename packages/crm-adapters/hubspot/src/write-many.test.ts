import type { CrmWrite } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hubspotSetup } from "./testing/hubspot-setup.js";
import { settled } from "./testing/settled.js";

const contact = (email: string): CrmWrite => ({
  op: "create",
  draft: { kind: "contact", fields: { email } },
});
const batches = (setup: ReturnType<typeof hubspotSetup>, op: string) =>
  setup.sandbox.calls.filter(({ path }) => path.endsWith(`/batch/${op}`));

describe("writes of many rows", () => {
  it("settle the good rows and refuse the bad ones, each with its own error", async () => {
    const setup = hubspotSetup();
    const taken = setup.sandbox.world.create("contacts", { email: "taken@example.com" });
    const rows = ["a@example.com", "bad", "b@example.com", "taken@example.com", "c@example.com"];

    const outcomes = await setup.provider.writeMany(rows.map(contact));

    expect(outcomes).toMatchObject([
      { status: "written", record: { fields: { email: "a@example.com" } } },
      { status: "refused", error: { code: "crm.field_invalid", facts: { field: "email" } } },
      { status: "written", record: { fields: { email: "b@example.com" } } },
      { status: "refused", error: { code: "crm.exists", facts: { recordId: taken } } },
      { status: "written", record: { fields: { email: "c@example.com" } } },
    ]);
    expect(batches(setup, "create")).toHaveLength(1);
  });

  it("halve a batch that is refused whole, and write nothing twice", async () => {
    const bad = fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(bad, async (places) => {
        const setup = hubspotSetup({}, { rowErrors: false, rates: false });
        const writes = Array.from({ length: 40 }, (_, at) =>
          contact(places.includes(at) ? `bad${at}` : `p${at}@example.com`),
        );
        const outcomes = await settled(setup.clock, setup.provider.writeMany(writes));
        const refused = outcomes.flatMap(({ status }, at) => (status === "refused" ? [at] : []));
        expect(refused).toEqual([...places].sort((a, b) => a - b));
        expect(setup.sandbox.world.standing("contacts")).toHaveLength(40 - places.length);
      }),
      { numRuns: 15 },
    );
  });

  it("leave the rows of a batch unknown whose answer is lost, and go on with the next", async () => {
    const setup = hubspotSetup({ http: { retry: false } });
    setup.sandbox.fail({
      on: ({ path }) => path.endsWith("/batch/create"),
      fault: { type: "lost", when: "after" },
    });
    const writes = Array.from({ length: 120 }, (_, at) => contact(`p${at}@example.com`));

    const outcomes = await settled(setup.clock, setup.provider.writeMany(writes));

    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 100 }, () => "unknown"),
      ...Array.from({ length: 20 }, () => "written"),
    ]);
    expect(setup.sandbox.world.standing("contacts")).toHaveLength(120);
  });

  it("write a person of one batch once, and the second time say that they exist", async () => {
    for (const rowErrors of [true, false]) {
      const { provider, sandbox } = hubspotSetup({}, { rowErrors });
      const outcomes = await provider.writeMany([contact("ada@example.com"), contact("ADA@example.com")]);
      const [id] = sandbox.world.standing("contacts");
      expect(outcomes).toMatchObject([
        { status: "written", id },
        { status: "refused", error: { code: "crm.exists", facts: { recordId: id } } },
      ]);
    }
  });

  it("make two changes of one record one after the other", async () => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    const change = (title: string): CrmWrite => ({
      op: "update",
      change: { kind: "contact", id, fields: { title } },
    });

    const outcomes = await provider.writeMany([change("CIO"), change("CTO")]);

    expect(outcomes.map(({ status }) => status)).toEqual(["written", "written"]);
    expect(sandbox.world.read("contacts", id)?.properties["jobtitle"]).toBe("CTO");
  });

  it("mix kinds, links and removals, each in its place", async () => {
    const { provider, sandbox } = hubspotSetup();
    const company = sandbox.world.create("companies", { name: "a" });
    const deal = sandbox.world.create("deals", { dealname: "b" });
    const gone = sandbox.world.create("contacts", { firstname: "c" });

    const outcomes = await provider.writeMany([
      { op: "remove", kind: "contact", id: gone },
      {
        op: "update",
        change: { kind: "deal", id: deal, fields: { name: "B" }, links: { company: [company] } },
      },
      { op: "create", draft: { kind: "contact", fields: { firstName: "d" }, links: { company: [company] } } },
      { op: "update", change: { kind: "contact", id: "99999", fields: { title: "x" } } },
    ]);

    expect(outcomes).toMatchObject([
      { status: "written", id: gone },
      { status: "written", id: deal, record: { fields: { name: "B" }, links: { company: [company] } } },
      { status: "written", record: { links: { company: [company] } } },
      { status: "refused", error: { code: "crm.not_found", facts: { recordId: "99999" } } },
    ]);
  });

  it("tie a record to others where nothing else changes, and send no empty batch", async () => {
    const setup = hubspotSetup();
    const { provider, sandbox } = setup;
    const company = sandbox.world.create("companies", { name: "a" });
    const id = sandbox.world.create("contacts", { firstname: "b" });
    const links = { company: [company] };
    const [outcome] = await provider.writeMany([{ op: "update", change: { kind: "contact", id, links } }]);
    expect(outcome).toMatchObject({ status: "written", record: { links } });
    expect(batches(setup, "update")).toEqual([]);
  });

  it("remove a hundred at once, and nobody by an id that was merged away", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const ids = sandbox.world.seed(
      "companies",
      Array.from({ length: 150 }, () => ({ name: "a" })),
    );
    const [a = "", b = "", ...others] = ids;
    const merged = sandbox.world.merge("companies", a, b);
    const removals = [a, ...others, "99999"].map((id): CrmWrite => ({ op: "remove", kind: "company", id }));

    const outcomes = await settled(clock, provider.writeMany(removals));

    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["written"]));
    expect(sandbox.world.standing("companies")).toEqual([merged]);
    expect(sandbox.calls).toHaveLength(4);
  });

  it("keep each amount in its deal's own currency, which is read once for all", async () => {
    const { provider, sandbox } = hubspotSetup();
    const ids = ["JPY", "KWD", ""].map((code) =>
      sandbox.world.create("deals", { dealname: "a", deal_currency_code: code }),
    );
    await provider.writeMany(
      ids.map(
        (id): CrmWrite => ({ op: "update", change: { kind: "deal", id, fields: { amountMinor: 1500 } } }),
      ),
    );
    expect(ids.map((id) => sandbox.world.read("deals", id)?.properties["amount"])).toEqual([
      "1500",
      "1.5",
      "15",
    ]);
    expect(sandbox.calls.filter(({ path }) => path.endsWith("/deals/batch/read"))).toHaveLength(2);
  });

  it("are told as written though they can't be read back", async () => {
    const { provider, sandbox, clock } = hubspotSetup({ http: { retry: false } });
    sandbox.fail({ on: ({ path }) => path.endsWith("/batch/read"), fault: { type: "status", status: 503 } });
    const [outcome] = await settled(clock, provider.writeMany([contact("ada@example.com")]));
    expect(outcome).toEqual({ status: "written", id: sandbox.world.standing("contacts")[0] });
  });

  it("do not take silence about a row for a success", async () => {
    const { provider, sandbox } = hubspotSetup();
    const body = { status: "COMPLETE", results: [] };
    sandbox.fail({
      on: ({ path }) => path.endsWith("/batch/create"),
      fault: { type: "status", status: 201, body },
    });
    const [outcome] = await provider.writeMany([contact("ada@example.com")]);
    expect(outcome).toMatchObject({ status: "unknown", error: { replay: "unsafe" } });
  });

  it("tell a refused credential for each row", async () => {
    const { provider, sandbox } = hubspotSetup({}, { withoutScope: ["contacts"] });
    const [outcome] = await provider.writeMany([contact("ada@example.com")]);
    expect(outcome).toMatchObject({
      status: "refused",
      error: { code: "service.auth", facts: { vendorCode: "MISSING_SCOPES" } },
    });
    expect(sandbox.world.standing("contacts")).toEqual([]);
  });
});
