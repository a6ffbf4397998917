import { refusalOf } from "../crm-bench.js";
import { all, type CrmCase, needs } from "../crm-case.js";

export const linkCases: readonly CrmCase[] = [
  {
    name: "hangs a record on others of each kind that it names",
    skip: all(needs("create"), ({ links = [] }) => links.length === 0 && "capabilities: no links"),
    async run(bench, kind) {
      for (const other of bench.support(kind).links ?? []) {
        if (bench.raw.capabilities.kinds[other] === undefined) continue;
        const id = await bench.make(other);
        const draft = await bench.draft(kind);
        const made = await bench.provider.create({ ...draft, links: { ...draft.links, [other]: [id] } });
        bench.expect((await bench.provider.get(kind, made.id))?.links[other]?.[0], other).toBe(id);
      }
    },
  },
  {
    name: "adds a link, and takes none away",
    skip: all(
      needs("create", "update"),
      ({ links = [], requiredLink }) =>
        links.every((kind) => kind === requiredLink) && "capabilities: no links beside the required one",
    ),
    async run(bench, kind) {
      const { links = [], requiredLink } = bench.support(kind);
      for (const other of links) {
        if (other === requiredLink || bench.raw.capabilities.kinds[other] === undefined) continue;
        const before = await bench.provider.create(await bench.draft(kind));
        const id = await bench.make(other);
        await bench.provider.update({ kind, id: before.id, links: { [other]: [id] } });
        const after = (await bench.provider.get(kind, before.id))?.links ?? {};
        bench.expect(after[other], other).toContain(id);
        bench.expect(after).toMatchObject(before.links);
        await bench.provider.update(bench.change(kind, before.id));
        bench.expect((await bench.provider.get(kind, before.id))?.links).toEqual(after);
      }
    },
  },
  {
    name: "makes nothing without the record that it must hang on",
    skip: all(
      needs("create"),
      ({ requiredLink }) => requiredLink === undefined && "capabilities: none is required",
    ),
    async run(bench, kind) {
      const { requiredLink = kind } = bench.support(kind);
      const before = await bench.world.standing(requiredLink);
      const refusal = await refusalOf(bench.provider.create({ kind, fields: bench.plain(kind) }), "create");
      bench.expect(refusal.code).toMatch(/^crm\./);
      bench.expect(await bench.world.standing(kind)).toEqual([]);
      bench.expect(await bench.world.standing(requiredLink)).toEqual(before);
    },
  },
];
