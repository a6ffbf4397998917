import type { CrmKind } from "@salesagent/ports";
import { type CrmBench, idsOf, sorted } from "../crm-bench.js";
import { type CrmCase, needs } from "../crm-case.js";
import type { CrmWorldFault } from "../crm-world.js";

/** More than an adapter tries. */
const MOST_TRIES = 12;

const CUT_SHORT: readonly CrmWorldFault[] = [
  { type: "unauthorised" },
  { type: "server-error" },
  { type: "request-lost" },
  { type: "cut-body" },
  { type: "rate-limited" },
];

export const walkingCases: readonly CrmCase[] = [
  {
    name: "brings every record, more than a page and a ceiling hold, and then calls itself complete",
    skip: needs("list"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const pages = await bench.walk(kind);
      bench.expect(idsOf(pages.flatMap(({ records }) => records))).toEqual(sorted(ids));
      bench.expect(pages.at(-1)?.complete).toBe(true);
      bench.expect(pages.slice(0, -1).some(({ complete }) => complete)).toBe(false);
    },
  },
  {
    name: "brings no record that is not there, and is complete, where there is none",
    skip: needs("list"),
    async run(bench, kind) {
      const pages = await bench.walk(kind);
      bench.expect(pages.flatMap(({ records }) => records)).toEqual([]);
      bench.expect(pages.at(-1)?.complete).toBe(true);
    },
  },
  {
    name: "goes on from the cursor of every page, though all stamps are equal",
    skip: needs("list"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const pages = await bench.walk(kind);
      for (const [at, { cursor }] of pages.slice(0, -1).entries()) {
        const before = pages.slice(0, at + 1).flatMap(({ records }) => records);
        const rest = await bench.walk(kind, cursor);
        bench.expect(rest.at(-1)?.complete).toBe(true);
        const all = [...before, ...rest.flatMap(({ records }) => records)];
        bench.expect(idsOf(all), `from page ${at + 1}`).toEqual(sorted(ids));
      }
    },
  },
  {
    name: "brings what stands for the whole walk, while others come, change and go",
    skip: needs("list"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const [goes = "", ...stay] = ids;
      const seen = [];
      let page = 0;
      for await (const { records } of bench.provider.list(kind)) {
        seen.push(...records);
        page += 1;
        if (page === 1) await bench.world.remove(kind, goes);
        await bench.edit(kind, stay[(page * 7) % stay.length] ?? "");
        if (page < 20) await bench.make(kind);
      }
      const found = new Set(idsOf(seen));
      bench.expect(stay.filter((id) => !found.has(id))).toEqual([]);
    },
  },
  {
    name: "ends where no more comes, whatever the CRM says of how many there are",
    skip: needs("list"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const gone = ids.filter((_, at) => at % 2 === 0);
      for (const id of gone) await bench.world.remove(kind, id);
      const pages = await bench.walk(kind);
      const left = ids.filter((id) => !gone.includes(id));
      const found = new Set(idsOf(pages.flatMap(({ records }) => records)));
      bench.expect(left.filter((id) => !found.has(id))).toEqual([]);
      bench.expect(pages.length).toBeLessThanOrEqual(ids.length + 1);
    },
  },
  {
    name: "is never complete when it was cut short",
    skip: needs("list"),
    async run(bench, kind) {
      const ids = await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      for (const fault of CUT_SHORT) {
        const seen = await walkUntilCut(bench, kind, fault);
        if (seen !== undefined) bench.expect(seen, fault.type).toEqual(sorted(ids));
      }
    },
  },
];

/** Everything the walk brought, if it called itself complete. From its second request on, all go wrong. */
async function walkUntilCut(bench: CrmBench, kind: CrmKind, fault: CrmWorldFault) {
  const seen = [];
  await bench.world.fail(fault, { on: "read", after: 1, times: MOST_TRIES });
  let complete = false;
  try {
    for await (const page of bench.provider.list(kind)) {
      seen.push(...page.records);
      complete = page.complete;
    }
  } catch {
    bench.expect(complete, `complete before ${fault.type}`).toBe(false);
  }
  await useUp(bench, kind);
  return complete ? idsOf(seen) : undefined;
}

/** Until requests come through again. */
async function useUp(bench: CrmBench, kind: CrmKind): Promise<void> {
  for (let tries = 0; tries <= MOST_TRIES; tries += 1) {
    try {
      for await (const _ of bench.provider.list(kind)) return;
    } catch {
      await bench.catchUp();
    }
  }
}
