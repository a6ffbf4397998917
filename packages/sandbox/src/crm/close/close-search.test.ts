import { describe, expect, it } from "vitest";
import { byEmail, contacts, manyContacts, open } from "./testing/open-close.js";

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
