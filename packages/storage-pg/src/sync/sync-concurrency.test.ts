import type { LinkWritten } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { contact, LONG_AGO, link, linkWant } from "../testing/sync-rows.js";
import { eachWithTwoProcesses } from "../testing/two-processes.js";

const { acme, atOnce, query } = eachWithTwoProcesses();

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

async function addDue(count: number): Promise<void> {
  await acme(0).links.writeMany(numbers(count).map((id) => ({ link: link(id, { dueAt: LONG_AGO }) })));
}

describe("links that two processes claim at once", () => {
  it("go to one worker each", async () => {
    await addDue(300);
    const claimed = (await atOnce(80, ({ links }) => links.claim(linkWant({ limit: 5 })))).flat();
    const left = await acme(0).links.claim(linkWant());
    const all = [...claimed, ...left].map(({ recordId }) => recordId);
    expect([all.length, new Set(all).size]).toEqual([300, 300]);
  });

  it("are written by one of those who have them in turn, however short their leases are", async () => {
    await addDue(10);
    const written = await atOnce(60, async ({ links }) => {
      const claims = await links.claim(linkWant({ leaseMs: 0, limit: 4 }));
      const writes = claims.map(({ recordId, revision }) => ({ link: link(recordId), ifRevision: revision }));
      const outcomes = await links.writeMany(writes);
      return claims.filter((_, index) => outcomes[index]?.status === "written");
    });
    const bases = written.flat().map(({ recordId, revision }) => `${recordId}/${revision}`);
    expect(bases.length).toBeGreaterThan(0);
    expect(new Set(bases).size).toBe(bases.length);
  });

  it("are due again after a hint that came while they were worked on", async () => {
    await addDue(40);
    const claims = await acme(0).links.claim(linkWant());
    const done = acme(0).links.writeMany(
      claims.map(({ recordId, revision }) => ({ link: link(recordId), ifRevision: revision })),
    );
    const hints = atOnce(40, ({ links }, index) =>
      links.hint({ connection: "close", kind: "contact", dueAt: LONG_AGO, crmIds: [`crm-${index}`] }),
    );
    expect((await done).every(({ status }) => status === "written")).toBe(true);
    expect(await hints).toEqual(claims.map(() => 1));
    expect(await acme(1).links.claim(linkWant())).toHaveLength(40);
  });
});

describe("a hint that waits for who claims or writes the link", () => {
  const hint = { connection: "close", kind: "contact" as const, dueAt: LONG_AGO, recordIds: ["0"] };

  it.each(["claims", "writes"])("makes it due after the transaction that %s it", async (what) => {
    await addDue(1);
    let hinted: Promise<number> | undefined;
    await acme(0).transaction(
      async ({ links }) => {
        if (what === "claims") await links.claim(linkWant());
        else await links.writeMany([{ link: link("0"), keepDue: false }]);
        hinted = acme(1).links.hint(hint);
        await isWaited();
      },
      { isolation: "read-committed" },
    );
    expect(await hinted).toBe(1);
    const [stored] = await acme(0).links.findByRecords("close", "contact", ["0"]);
    expect(stored?.dueAt).toBe(LONG_AGO);
  });

  /** Until some statement waits for a lock in this database. */
  async function isWaited(): Promise<void> {
    const waiting =
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while ((await query(waiting)).length === 0);
  }
});

describe("writes that two processes make at once", () => {
  it("give an id of the CRM to one link, and tell the others whose it is", async () => {
    const outcomes = await atOnce(30, async ({ links }, index) => {
      const [outcome] = await links.writeMany([
        { link: link(`${index}`, { crmId: "one" }), ifRevision: index % 3 === 0 ? undefined : null },
      ]);
      return outcome;
    });
    const holder = outcomes.findIndex((outcome) => outcome?.status === "written");
    const others = outcomes.filter((_, index) => index !== holder);
    expect(others).toEqual(others.map((): LinkWritten => ({ status: "taken", recordId: `${holder}` })));
  });

  it("give an id of the CRM to one of the links that stand already", async () => {
    await acme(0).links.writeMany(
      numbers(20).map((id) => ({ link: link(id, { crmId: `old-${id}` }), ifRevision: null })),
    );
    const outcomes = await atOnce(20, async ({ links }, index) => {
      const write = { link: link(`${index}`, { crmId: "one" }), ifRevision: 1 };
      return (await links.writeMany([write]))[0]?.status;
    });
    expect(outcomes.filter((status) => status === "written")).toHaveLength(1);
    expect(outcomes.filter((status) => status === "taken")).toHaveLength(19);
  });

  it("stand, though they go through the same links in opposite orders", async () => {
    await addDue(60);
    const ids = numbers(60);
    const outcomes = await atOnce(12, ({ links }, index) =>
      links.writeMany((index % 2 === 0 ? ids : ids.toReversed()).map((id) => ({ link: link(id) }))),
    );
    expect(outcomes.flat().every(({ status }) => status === "written")).toBe(true);
    expect((await acme(0).links.list("close")).items.map(({ revision }) => revision)).toEqual(
      ids.map(() => 13),
    );
  });

  it("make a record once, and change it once for each revision", async () => {
    const made = await atOnce(30, ({ records }) => records.writeMany([contact("ada", null)]));
    expect(made.flat().filter(({ status }) => status === "written")).toHaveLength(1);
    const [{ revision } = { revision: "" }] = made.flat().filter(({ status }) => status === "written");
    const changed = await atOnce(30, ({ records }, index) =>
      records.writeMany([contact("ada", revision, `title ${index}`)]),
    );
    expect(changed.flat().filter(({ status }) => status === "written")).toHaveLength(1);
  });

  it("leave a record to be found by its last keys alone", async () => {
    const keyed = (key: string) => ({
      ...{ op: "put" as const, kind: "contact" as const, id: "ada" },
      draft: { fields: {}, keys: [`email:${key}`, "profile:ada"] },
    });
    await acme(0).records.writeMany([keyed("first")]);
    await atOnce(30, ({ records }, index) => records.writeMany([keyed(`${index}`)]));
    await acme(0).records.writeMany([keyed("last")]);
    const keys = [
      "email:last",
      "profile:ada",
      "email:first",
      ...numbers(30).map((index) => `email:${index}`),
    ];
    for (const [index, key] of keys.entries()) {
      expect(await acme(1).records.findByKeys("contact", [key])).toHaveLength(index < 2 ? 1 : 0);
    }
    const kept = await query("select distinct key_hash from salesagent.record_keys");
    expect(kept).toHaveLength(2);
  });
});
