import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithin } from "./search-window.js";
import { hubspotSetup } from "./testing/hubspot-setup.js";
import { drain, settled } from "./testing/settled.js";

const SINCE = { since: "2026-11-01T00:00:00Z" };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

describe("changes of HubSpot", () => {
  it("brings 25,000 records of one stamp once each, and never goes by an offset", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { rates: false });
    const people = Array.from({ length: 25_000 }, (_, at) => ({ email: `p${at}@example.com` }));
    const made = sandbox.world.seed("contacts", people);

    const { records } = await drain(clock, provider, "contact", SINCE);

    expect(ids(records)).toEqual(made);
    const offsets = sandbox.calls
      .filter(({ path }) => path.endsWith("/search"))
      .map(({ bodyText }) => (JSON.parse(bodyText) as { after: string }).after);
    expect(new Set(offsets)).toEqual(new Set(["0"]));
  }, 60_000);

  it.each([199, 200, 201, 400])("ends well with %i matches", async (count) => {
    const { provider, sandbox, clock } = hubspotSetup({}, { rates: false });
    const made = sandbox.world.seed(
      "companies",
      Array.from({ length: count }, () => ({ name: "A" })),
    );

    const { records } = await drain(clock, provider, "company", SINCE);

    expect(ids(records)).toEqual(made);
  });

  it("goes on from the cursor of every page without losing a record", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { rates: false });
    const made = sandbox.world.seed(
      "contacts",
      Array.from({ length: 450 }, () => ({ firstname: "A" })),
    );
    const { pages } = await drain(clock, provider, "contact", SINCE);

    for (const [at, { cursor }] of pages.entries()) {
      const before = ids(pages.slice(0, at + 1).flatMap(({ records }) => records));
      const rest = await drain(clock, provider, "contact", { cursor });
      expect(new Set([...before, ...ids(rest.records)])).toEqual(new Set(made));
    }
  });

  it("brings with the next poll what searches told of late", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { searchLagMs: 30_000, selfBumpMs: false });
    const id = sandbox.world.create("contacts", { email: "late@example.com" });
    clock.advance(1_000);
    const first = await drain(clock, provider, "contact", SINCE);
    clock.advance(29_500);

    const second = await drain(clock, provider, "contact", { cursor: first.cursor });

    expect([ids(first.records), ids(second.records)]).toEqual([[], [id]]);
  });

  it("finds in its second pass what showed up after the overlap", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { searchLagMs: 20 * MINUTE_MS, selfBumpMs: false });
    const id = sandbox.world.create("contacts", { email: "late@example.com" });
    clock.advance(1_000);
    let { cursor } = await drain(clock, provider, "contact", SINCE);
    // No record shows up before a fifth of the lag: by then the first pass has left it behind.
    clock.advance(2 * MINUTE_MS);
    ({ cursor } = await drain(clock, provider, "contact", { cursor }));
    const found: string[] = [];
    for (let polls = 0; polls < 20 && found.length === 0; polls += 1) {
      clock.advance(10 * MINUTE_MS);
      const next = await drain(clock, provider, "contact", { cursor });
      cursor = next.cursor;
      found.push(...ids(next.records));
    }

    expect(found).toEqual([id]);
  });

  it("loses nothing when this machine's clock is ahead of HubSpot's", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { selfBumpMs: false, searchLagMs: 0 });
    const ahead = { ...clock, now: () => clock.now() + 20 * MINUTE_MS };
    const { provider: hasty } = hubspotSetup({
      clock: ahead,
      fetch: sandbox.fetch,
      changes: { secondPassMs: false },
    });
    const first = await drain(clock, hasty, "contact", SINCE);
    clock.advance(MINUTE_MS);
    const id = sandbox.world.create("contacts", { email: "ada@example.com" });
    clock.advance(MINUTE_MS);

    const second = await drain(clock, hasty, "contact", { cursor: first.cursor });

    expect(ids(second.records)).toEqual([id]);
    expect(provider.provider).toBe("hubspot");
  });

  it("brings in the next round what changed while it was read, and not before", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { selfBumpMs: false, rates: false });
    const [id = ""] = sandbox.world.seed("contacts", [{ firstname: "Ada" }]);
    clock.advance(HOUR_MS);
    const walk = provider.changes("contact", SINCE)[Symbol.asyncIterator]();
    const cursor = (await settled(clock, walk.next())).value?.cursor ?? "";
    sandbox.world.edit("contacts", id, { firstname: "Grace" });
    clock.advance(15_000);

    // The round that runs is fixed to its end; the change is after it.
    const round = await drain(clock, provider, "contact", { cursor });
    const next = await drain(clock, provider, "contact", { cursor: round.cursor });

    expect(next.records.map(({ fields }) => fields)).toEqual([{ firstName: "Grace" }]);
  });

  it("is not misled by matches that are gone already", async () => {
    const { provider, sandbox, clock } = hubspotSetup({}, { rates: false, searchLagMs: HOUR_MS });
    const made = sandbox.world.seed(
      "contacts",
      Array.from({ length: 650 }, () => ({ firstname: "A" })),
    );
    for (const id of made.slice(0, 410)) sandbox.world.archive("contacts", id);

    const { records, removed } = await drain(clock, provider, "contact", SINCE);

    expect(ids(records)).toEqual(made.slice(410));
    expect(ids(removed)).toEqual(made.slice(0, 410));
  });

  it("tells removals once they are new, and restored records as changed", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const [first = "", second = ""] = ["a", "b"].map((name) => sandbox.world.create("companies", { name }));
    sandbox.world.archive("companies", first);
    clock.advance(HOUR_MS);
    const { cursor } = await drain(clock, provider, "company", SINCE);
    clock.advance(HOUR_MS);
    sandbox.world.archive("companies", second);
    sandbox.world.restore("companies", first);
    clock.advance(MINUTE_MS);

    const { records, removed } = await drain(clock, provider, "company", { cursor });

    expect([ids(records), ids(removed)]).toEqual([[first], [second]]);
  });

  it("tells activities of all types under ids of their own", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    const note = sandbox.world.create("notes", { hs_note_body: "n", hs_timestamp: "2026-11-01T09:00:00Z" });
    const task = sandbox.world.create("tasks", {
      hs_task_subject: "t",
      hs_timestamp: "2026-11-02T09:00:00Z",
    });
    clock.advance(MINUTE_MS);
    sandbox.world.archive("notes", note);

    const { records, removed } = await drain(clock, provider, "activity", SINCE);

    expect(records.map(({ id, fields }) => [id, fields])).toEqual([
      [`task-${task}`, { type: "task", subject: "t", dueAt: "2026-11-02T09:00:00.000Z" }],
    ]);
    expect(ids(removed)).toEqual([`note-${note}`]);
  });

  it("keeps within five searches a second", async () => {
    const { provider, sandbox, clock } = hubspotSetup();
    sandbox.world.seed(
      "contacts",
      Array.from({ length: 3_000 }, () => ({ firstname: "A" })),
    );

    const { records } = await drain(clock, provider, "contact", SINCE);

    expect(records).toHaveLength(3_000);
    expect(sandbox.rateBreaches).toBe(0);
  });

  it.each(["", "{}", "7", '{"v":1}', '{"v":1,"c":1,"h":1,"r":1,"round":{"step":"x:y","until":3}}'])(
    "refuses a cursor that is not its own: %s",
    async (cursor) => {
      const { provider, clock } = hubspotSetup();
      await expect(drain(clock, provider, "contact", { cursor })).rejects.toMatchObject({
        code: "crm.walk_incomplete",
      });
    },
  );

  it("refuses a time that is none", async () => {
    const { provider, clock } = hubspotSetup();
    await expect(drain(clock, provider, "contact", { since: "yesterday" })).rejects.toThrow(RangeError);
  });
});

describe("isWithin", () => {
  it("takes a stamp for any part of its second where it has no fraction", () => {
    const window = {
      fromMs: Date.parse("2026-11-01T10:00:00.500Z"),
      toMs: Date.parse("2026-11-01T10:00:09Z"),
    };
    expect(isWithin("2026-11-01T10:00:00Z", window)).toBe(true);
    expect(isWithin("2026-11-01T10:00:00.499Z", window)).toBe(false);
    expect(isWithin("2026-11-01T10:00:09.000001Z", window)).toBe(true);
    expect(isWithin("2026-11-01T10:00:10Z", window)).toBe(false);
    expect(isWithin("2026-11-01T12:00:01+02:00", window)).toBe(true);
  });

  it("lets no instant of the window slip, however it's written", () => {
    const window = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 2) };
    fc.assert(
      fc.property(fc.integer({ min: window.fromMs, max: window.toMs }), fc.boolean(), (ms, whole) => {
        const text = new Date(ms).toISOString();
        return isWithin(whole ? text.replace(/\.\d+/, "") : text, window);
      }),
    );
  });
});
