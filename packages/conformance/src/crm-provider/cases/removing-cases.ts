import { type CrmCase, needs } from "../crm-case.js";

export const removingCases: readonly CrmCase[] = [
  {
    name: "removes what it is told to, and nothing else",
    skip: needs("remove"),
    async run(bench, kind) {
      const [first = "", second = "", third = ""] = await bench.makeMany(kind, 3);
      await bench.provider.remove(kind, second);
      bench.expect([...(await bench.world.standing(kind))].sort()).toEqual([first, third].sort());
      bench.expect(await bench.provider.get(kind, second)).toBe(undefined);
    },
  },
  {
    name: "finds it well when what it is to remove is gone already",
    skip: needs("remove"),
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.provider.remove(kind, id);
      await bench.provider.remove(kind, id);
      bench.expect(await bench.world.standing(kind)).toEqual([]);
    },
  },
];
