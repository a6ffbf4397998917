import { idsOf, refusalOf } from "../crm-bench.js";
import { type CrmCase, needsReading } from "../crm-case.js";

const NOWHERE_TO_BE_FOUND = "an id that was removed";

export const readingCases: readonly CrmCase[] = [
  {
    name: "gets at once what a user has just made and changed",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      const made = await bench.world.read(kind, id);
      const found = await bench.provider.get(kind, id);
      bench.expect(found).toMatchObject({ kind, id, fields: made?.fields ?? {} });
      const changed = await bench.edit(kind, id);
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject(changed);
    },
  },
  {
    name: "keeps the CRM's own text of when a record changed, with all its digits",
    skip: needsReading,
    async run(bench, kind) {
      for (let round = 0; round < 3; round += 1) {
        const id = await bench.make(kind);
        const text = (await bench.world.read(kind, id))?.updatedAt;
        const told = (await bench.provider.get(kind, id))?.updatedAt;
        if (text === undefined) bench.expect(Number.isNaN(Date.parse(told ?? ""))).toBe(false);
        else bench.expect(told).toBe(text);
        await bench.world.pass(1);
      }
    },
  },
  {
    name: "tells ids as text that finds the record again",
    skip: needsReading,
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, 3);
      const found = await bench.provider.getMany(kind, ids);
      bench.expect(found.map((record) => typeof record?.id)).toEqual(["string", "string", "string"]);
      bench.expect(found.map((record) => record?.id)).toEqual(ids);
    },
  },
  {
    name: "gets nothing, and no error, for a record that is gone",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.remove(kind, id);
      bench.expect(await bench.provider.get(kind, id), NOWHERE_TO_BE_FOUND).toBe(undefined);
      bench.expect(await bench.provider.getMany(kind, [id]), NOWHERE_TO_BE_FOUND).toEqual([undefined]);
    },
  },
  {
    name: "does not take a refusal for a record that is gone",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "unauthorised" }, { times: 1000 });
      await refusalOf(bench.provider.get(kind, id), "get");
      await refusalOf(bench.provider.getMany(kind, [id]), "getMany");
    },
  },
  {
    name: "gets many in the order asked for, with nothing in the place of those that are gone",
    skip: needsReading,
    async run(bench, kind) {
      const [first = "", second = "", gone = "", third = ""] = await bench.makeMany(kind, 4);
      await bench.world.remove(kind, gone);
      const asked = [third, gone, first, second, third];
      const found = await bench.provider.getMany(kind, asked);
      bench.expect(found.map((record) => record?.id)).toEqual([third, undefined, first, second, third]);
      bench.expect(await bench.provider.getMany(kind, [])).toEqual([]);
    },
  },
  {
    name: "gets more than a page at once",
    skip: needsReading,
    async run(bench, kind) {
      const ids = [...(await bench.makeMany(kind, bench.many))].reverse();
      const found = await bench.provider.getMany(kind, ids);
      bench.expect(found.map((record) => record?.id)).toEqual(ids);
      bench.expect(idsOf(found)).toHaveLength(bench.many);
    },
  },
];
