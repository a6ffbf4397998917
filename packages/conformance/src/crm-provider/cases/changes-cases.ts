import { idsOf, refusalOf, sorted } from "../crm-bench.js";
import { type CrmCase, needs } from "../crm-case.js";

export const changesCases: readonly CrmCase[] = [
  {
    name: "brings what was made and changed, in its latest state",
    skip: needs("changes"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, 3);
      await bench.world.pass(2_000);
      const changed = await bench.edit(kind, ids[1] ?? "");
      await bench.catchUp();
      const { records } = await bench.drain(kind, bench.since);
      bench.expect(idsOf(records)).toEqual(sorted(ids));
      bench.expect(records.findLast(({ id }) => id === ids[1])?.fields).toMatchObject(changed);
    },
  },
  {
    name: "brings only what changed since an instant",
    skip: needs("changes"),
    async run(bench, kind) {
      const old = await bench.make(kind);
      const text = (await bench.provider.get(kind, old))?.updatedAt ?? "";
      await bench.world.pass(7 * 86_400_000);
      const ids = await bench.makeMany(kind, 2);
      await bench.catchUp();
      const since = new Date(Date.parse(text) + 86_400_000).toISOString();
      bench.expect(idsOf((await bench.drain(kind, { since })).records)).toEqual(sorted(ids));
    },
  },
  {
    name: "goes on from the cursor of every page, though all stamps are equal and there are more than any ceiling",
    skip: needs("changes"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const pages = [];
      for await (const page of bench.provider.changes(kind, bench.since)) {
        pages.push(page);
        if (pages.length > 20 * bench.many) throw new Error("the changes do not end");
        if (!page.more) break;
      }
      bench.expect(idsOf(pages.flatMap(({ records }) => records))).toEqual(sorted(ids));
      for (const [at, { cursor }] of pages.slice(0, -1).entries()) {
        const before = pages.slice(0, at + 1).flatMap(({ records }) => records);
        const rest = await bench.drain(kind, { cursor });
        bench.expect(idsOf([...before, ...rest.records]), `from page ${at + 1}`).toEqual(sorted(ids));
      }
    },
  },
  {
    name: "misses nothing that comes within the instant of what it brought before",
    skip: needs("changes"),
    async run(bench, kind) {
      const ids = [await bench.make(kind)];
      const seen = [];
      let read = await bench.drain(kind, bench.since);
      seen.push(...read.records);
      for (let round = 0; round < 5; round += 1) {
        ids.push(await bench.make(kind));
        read = await bench.drain(kind, { cursor: read.cursor });
        seen.push(...read.records);
      }
      await bench.catchUp();
      read = await bench.drain(kind, { cursor: read.cursor });
      bench.expect(idsOf([...seen, ...read.records])).toEqual(sorted(ids));
    },
  },
  {
    name: "brings what changes while it is read, now or the next time",
    skip: needs("changes"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const latest = new Map<string, object>();
      const wanted = new Map<string, object>();
      let cursor = "";
      for await (const page of bench.provider.changes(kind, bench.since)) {
        for (const { id, fields } of page.records) latest.set(id, fields);
        cursor = page.cursor;
        if (!page.more) break;
        for (const id of [ids[0], ids.at(-1)])
          if (id !== undefined) wanted.set(id, await bench.edit(kind, id));
        await bench.world.pass(10);
        if (wanted.size > bench.many) break;
      }
      await bench.catchUp();
      const rest = await bench.drain(kind, { cursor });
      for (const { id, fields } of rest.records) latest.set(id, fields);
      bench.expect([...latest.keys()].sort()).toEqual(sorted(ids));
      for (const [id, fields] of wanted) bench.expect(latest.get(id)).toMatchObject(fields);
    },
  },
  {
    name: "comes to an end when nothing changes, and goes on when something does",
    skip: needs("changes"),
    async run(bench, kind) {
      const [id = ""] = await bench.makeMany(kind, 3);
      await bench.catchUp();
      const first = await bench.drain(kind, bench.since);
      const second = await bench.drain(kind, { cursor: first.cursor });
      const third = await bench.drain(kind, { cursor: second.cursor });
      const changed = await bench.edit(kind, id);
      await bench.catchUp();
      const last = await bench.drain(kind, { cursor: third.cursor });
      bench.expect(last.records.findLast((record) => record.id === id)?.fields).toMatchObject(changed);
    },
  },
  {
    name: "tells what was removed",
    skip: needs("changes", "removals"),
    async run(bench, kind) {
      const [gone = "", stays = ""] = await bench.makeMany(kind, 2);
      await bench.catchUp();
      const { cursor } = await bench.drain(kind, bench.since);
      await bench.world.remove(kind, gone);
      await bench.catchUp();
      const { removed } = await bench.drain(kind, { cursor });
      bench.expect(removed).toContain(gone);
      bench.expect(removed).not.toContain(stays);
    },
  },
  {
    name: "loses nothing by a page that failed",
    skip: needs("changes"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, 3);
      await bench.catchUp();
      const { cursor } = await bench.drain(kind, bench.since);
      for (const id of ids) await bench.edit(kind, id);
      await bench.catchUp();
      await bench.world.fail({ type: "unauthorised" }, { on: "read", times: 1 });
      await refusalOf(bench.drain(kind, { cursor }), "changes");
      bench.expect(idsOf((await bench.drain(kind, { cursor })).records)).toEqual(sorted(ids));
    },
  },
];
