import { describe, expect, it } from "vitest";
import { open } from "./testing/open-close.js";

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
