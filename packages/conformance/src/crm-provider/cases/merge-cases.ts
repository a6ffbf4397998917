import type { CrmKind } from "@salesagent/ports";
import type { CrmBench } from "../crm-bench.js";
import { all, type CrmCase, type CrmKindCase, needs, needsReading } from "../crm-case.js";

const needsMerging: CrmKindCase["skip"] & {} = (_, { world }) =>
  world.merge === undefined && "world.merge: the CRM merges nothing";

const followsMerges: CrmKindCase["skip"] & {} = (_, { options }) =>
  options.followsMerges === false && "options.followsMerges: merged ids lead nowhere";

export const mergeCases: readonly CrmCase[] = [
  {
    name: "gets a merged record under the id that stands, for whichever id it is asked",
    skip: all(needsReading, needsMerging, followsMerges),
    async run(bench, kind) {
      const merged = await mergeTwo(bench, kind);
      if (merged === undefined) return;
      const { survivor, loser, id } = merged;
      for (const asked of [survivor, loser, id])
        bench.expect((await bench.provider.get(kind, asked))?.id, asked).toBe(id);
      const found = await bench.provider.getMany(kind, [loser, id, survivor]);
      bench.expect(found.map((record) => record?.id)).toEqual([id, id, id]);
    },
  },
  {
    name: "tells the ids that lead to a record since they were merged into it",
    skip: all(needsReading, needsMerging, followsMerges),
    async run(bench, kind) {
      const merged = await mergeTwo(bench, kind);
      if (merged === undefined) return;
      const { survivor, loser, id } = merged;
      const told = (await bench.provider.get(kind, id))?.mergedIds ?? [];
      bench.expect(told).toContain(loser);
      if (survivor !== id) bench.expect(told).toContain(survivor);
    },
  },
  {
    name: "gets nothing under an id that leads nowhere since it was merged",
    skip: all(
      needsReading,
      needsMerging,
      (...facts) => followsMerges(...facts) === false && "merged ids lead on",
    ),
    async run(bench, kind) {
      const merged = await mergeTwo(bench, kind);
      if (merged === undefined) return;
      bench.expect((await bench.provider.get(kind, merged.id))?.id).toBe(merged.id);
      bench.expect(await bench.provider.get(kind, merged.loser)).toBe(undefined);
    },
  },
  {
    name: "changes the record that stands, or says crm.not_found and where it went, when what it is to change was merged",
    skip: all(needs("update"), needsMerging),
    async run(bench, kind) {
      const merged = await mergeTwo(bench, kind);
      if (merged === undefined) return;
      const change = bench.change(kind, merged.loser);
      const end = await bench.provider.update(change).catch((error: unknown) => error);
      // Some CRMs carry a change of a merged id to the record that stands.
      if (typeof end === "object" && end !== null && "id" in end) {
        bench.expect(end.id).toBe(merged.id);
        const standing = await bench.provider.get(kind, merged.id);
        return bench.expect(standing?.fields).toMatchObject(change.fields ?? {});
      }
      bench.expect(end).toMatchObject({ code: "crm.not_found", facts: { recordId: merged.loser } });
      if (bench.options.followsMerges !== false)
        bench.expect(end).toMatchObject({ facts: { mergedInto: merged.id } });
    },
  },
  {
    name: "tells of a merge among the changes",
    skip: all(needs("changes"), needsMerging),
    async run(bench, kind) {
      const before = await bench.drain(kind, bench.since);
      const merged = await mergeTwo(bench, kind);
      if (merged === undefined) return;
      await bench.catchUp();
      const { records } = await bench.drain(kind, { cursor: before.cursor });
      bench.expect(records.map(({ id }) => id)).toContain(merged.id);
    },
  },
];

/** Nothing where the CRM doesn't merge this kind. */
async function mergeTwo(bench: CrmBench, kind: CrmKind) {
  const [survivor = "", loser = ""] = await bench.makeMany(kind, 2);
  await bench.world.pass(5_000);
  const id = await bench.world.merge?.(kind, survivor, loser);
  return id === undefined ? undefined : { survivor, loser, id };
}
