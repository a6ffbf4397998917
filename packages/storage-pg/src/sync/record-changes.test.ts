import { describe, expect, it } from "vitest";
import { contact } from "../testing/sync-rows.js";
import { eachWithTwoProcesses } from "../testing/two-processes.js";

const { acme, atOnce } = eachWithTwoProcesses();

describe("a change feed", () => {
  it("tells of a record whose transaction began first and was committed last", async () => {
    let commit = () => {};
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let written = () => {};
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const late = acme(0).transaction(
      async ({ records }) => {
        await records.writeMany([contact("late")]);
        written();
        await committed;
      },
      { isolation: "read-committed" },
    );
    await isWritten;
    await acme(1).records.writeMany([contact("early")]);
    const { records } = acme(1);
    const first = await records.changes("contact");
    expect(first.records.map(({ id }) => id)).toEqual(["early"]);
    commit();
    await late;
    const second = await records.changes("contact", { cursor: first.cursor });
    expect(second.records.map(({ id }) => id)).toEqual(["late"]);
    const third = await records.changes("contact", { cursor: second.cursor });
    expect([third.records, third.cursor]).toEqual([[], second.cursor]);
  });

  it("tells the last state of every record that many transactions write while it is read in small pages", async () => {
    const told = new Map<string, string>();
    let cursor: string | undefined;
    const read = async () => {
      const page = await acme(1).records.changes("contact", { cursor, limit: 3 });
      for (const { id, revision } of page.records) told.set(id, revision);
      cursor = page.cursor;
      return page;
    };
    let isOver = false;
    const writing = atOnce(60, (stores, index) =>
      stores.transaction(
        async ({ records }) => {
          await records.writeMany([contact(`${index % 17}`, undefined, `first ${index}`)]);
          await records.get("contact", "0");
          await records.writeMany([contact(`more-${index % 5}`, undefined, `second ${index}`)]);
        },
        { isolation: "read-committed" },
      ),
    ).finally(() => {
      isOver = true;
    });
    while (!isOver) await read();
    await writing;
    while ((await read()).more);
    await read();
    const { items } = await acme(0).records.list("contact", { limit: 1000 });
    expect(items).toHaveLength(22);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(items.map(({ id, revision }) => [id, revision])),
    );
  });

  it("leaves out what its own transaction wrote until that stands, and tells it then", async () => {
    const cursor = await acme(0).transaction(
      async ({ records }) => {
        await records.writeMany([contact("before")]);
        await acme(1).records.writeMany([contact("other")]);
        const page = await records.changes("contact");
        await records.writeMany([contact("after")]);
        expect(page.records.map(({ id }) => id)).toEqual(["other"]);
        return page.cursor;
      },
      { isolation: "read-committed" },
    );
    const page = await acme(0).records.changes("contact", { cursor });
    expect(page.records.map(({ id }) => id)).toEqual(["before", "after"]);
  });

  it("begins anew with the cursor of a server that was further", async () => {
    await acme(0).records.writeMany([contact("ada")]);
    const cursor = `${(2 ** 50 + 5).toString(36)}-0`;
    expect((await acme(0).records.changes("contact", { cursor })).records).toHaveLength(1);
  });
});
