import type { CrmKind, CrmWrite } from "@salesagent/ports";
import { type CrmBench, sorted } from "../crm-bench.js";
import { all, type CrmCase, needs } from "../crm-case.js";

/** So many rows show what comes after the first batch. */
const LARGEST_BATCH = 100;

export const batchCases: readonly CrmCase[] = [
  {
    name: "tells what became of each row, in their order",
    skip: needs("create", "update", "remove"),
    async run(bench, kind) {
      const [changes = "", goes = ""] = await bench.makeMany(kind, 2);
      const change = bench.change(kind, changes);
      const written = await bench.provider.writeMany([
        await createRow(bench, kind),
        { op: "update", change },
        { op: "remove", kind, id: goes },
        await createRow(bench, kind),
      ]);
      bench.expect(written.map(({ status }) => status)).toEqual(["written", "written", "written", "written"]);
      const ids = written.map((row) => (row.status === "written" ? row.id : ""));
      bench.expect(ids.slice(1, 3)).toEqual([changes, goes]);
      bench
        .expect(sorted(await bench.world.standing(kind)))
        .toEqual(sorted([changes, ids[0] ?? "", ids[3] ?? ""]));
      bench.expect((await bench.provider.get(kind, changes))?.fields).toMatchObject(change.fields ?? {});
    },
  },
  {
    name: "settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    skip: needs("create", "update"),
    async run(bench, kind) {
      const [gone = "", changes = ""] = await bench.makeMany(kind, 2);
      await bench.world.remove(kind, gone);
      const written = await bench.provider.writeMany([
        await createRow(bench, kind),
        { op: "update", change: bench.change(kind, gone) },
        { op: "update", change: bench.change(kind, changes) },
        await createRow(bench, kind),
      ]);
      bench.expect(written.map(({ status }) => status)).toEqual(["written", "refused", "written", "written"]);
      bench.expect(written[1]).toMatchObject({ error: { code: "crm.not_found" } });
      bench.expect(await bench.world.standing(kind)).toHaveLength(3);
      const ids = [written[0], written[3]].map((row) => (row?.status === "written" ? row.id : ""));
      bench.expect(sorted(await bench.world.standing(kind))).toEqual(sorted([changes, ...ids]));
    },
  },
  {
    name: "settles the rows beside one that exists already",
    skip: all(
      needs("create"),
      (_, { options }, kind) =>
        !options.refusesDuplicates?.includes(kind) && "options.refusesDuplicates: not this kind",
    ),
    async run(bench, kind) {
      const fields = bench.plain(kind);
      const first = await bench.provider.create(await bench.draft(kind, fields));
      const again: CrmWrite = { op: "create", draft: await bench.draft(kind, fields) };
      const rows = [await createRow(bench, kind), again, await createRow(bench, kind)];
      const written = await bench.provider.writeMany(rows);
      bench.expect(written.map(({ status }) => status)).toEqual(["written", "refused", "written"]);
      bench
        .expect(written[1])
        .toMatchObject({ error: { code: "crm.exists", facts: { recordId: first.id } } });
      bench.expect(await bench.world.standing(kind)).toHaveLength(3);
    },
  },
  {
    name: "takes more rows than the CRM takes at once",
    skip: needs("create"),
    async run(bench, kind) {
      const rows: CrmWrite[] = [];
      const count = Math.min(bench.support(kind).maxBatch, LARGEST_BATCH) * 2 + 1;
      for (let left = count; left > 0; left -= 1) rows.push(await createRow(bench, kind));
      const written = await bench.provider.writeMany(rows);
      bench.expect(written.map(({ status }) => status)).toEqual(rows.map(() => "written"));
      const ids = written.map((row) => (row.status === "written" ? row.id : ""));
      bench.expect(sorted(ids)).toEqual(sorted(await bench.world.standing(kind)));
      for (const at of [0, count - 1]) {
        const [row, id] = [rows[at], ids[at] ?? ""];
        const fields = row?.op === "create" ? row.draft.fields : {};
        bench.expect((await bench.provider.get(kind, id))?.fields, `row ${at}`).toMatchObject(fields);
      }
    },
  },
  {
    name: "takes no rows, too",
    skip: needs("create"),
    async run(bench) {
      bench.expect(await bench.provider.writeMany([])).toEqual([]);
    },
  },
  {
    name: "calls a row written only when it is, though the answer is lost",
    skip: needs("create"),
    async run(bench, kind) {
      const rows = [await createRow(bench, kind), await createRow(bench, kind)];
      await bench.world.fail({ type: "response-lost" }, { on: "write" });
      const written = await bench.provider.writeMany(rows);
      const standing = await bench.world.standing(kind);
      for (const row of written) {
        bench.expect(row.status, "what was written is not refused").not.toBe("refused");
        if (row.status === "written") bench.expect(standing).toContain(row.id);
      }
      bench.expect(standing.length, "each made once").toBeLessThanOrEqual(2);
      bench.expect(written).toHaveLength(2);
      bench
        .expect(written.filter(({ status }) => status === "unknown").length)
        .toBeGreaterThanOrEqual(
          standing.length - written.filter(({ status }) => status === "written").length,
        );
    },
  },
];

async function createRow(bench: CrmBench, kind: CrmKind): Promise<CrmWrite> {
  return { op: "create", draft: await bench.draft(kind) };
}
