import type { CrmKind } from "@salesagent/ports";
import { type CrmBench, refusalOf } from "../crm-bench.js";
import { all, type CrmCase, type CrmKindCase, needs } from "../crm-case.js";

/** Fields that no CRM keeps together, two of which a kind has. */
const APART: { readonly [Kind in CrmKind]: readonly string[] } = {
  contact: ["title", "phone", "linkedinUrl", "department", "country"],
  company: ["name", "description", "industry", "linkedinUrl"],
  deal: ["amountMinor", "probability", "closeDate", "name"],
  activity: ["body", "subject", "dueAt"],
};

const needsTwoApart: CrmKindCase["skip"] & {} = ({ fields, readOnlyFields = [] }, _, kind) =>
  apart(kind, fields, readOnlyFields).length < 2 && "capabilities: fewer than two fields apart";

export const changingCases: readonly CrmCase[] = [
  {
    name: "sends what changed, and nothing else",
    skip: all(needs("update"), needsTwoApart),
    async run(bench, kind) {
      const id = await bench.make(kind);
      const sent: (readonly string[])[] = [];
      for (const name of apartOf(bench, kind)) {
        const before = (await bench.world.writes()).length;
        await bench.provider.update(bench.change(kind, id, bench.sample(kind, "second", [name])));
        sent.push((await bench.world.writes()).slice(before).flatMap((write) => write.sent));
      }
      const [first = [], second = []] = sent;
      bench.expect(first.length).toBeGreaterThan(0);
      bench
        .expect(
          first.filter((name) => second.includes(name)),
          "sent with a change of either",
        )
        .toEqual([]);
    },
  },
  {
    name: "leaves alone what a user changed meanwhile",
    skip: all(needs("update"), needsTwoApart),
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.provider.get(kind, id);
      const edited = await bench.edit(kind, id);
      const other = apartOf(bench, kind).find((name) => !(name in edited)) ?? "";
      const ours = bench.sample(kind, "second", [other]);
      await bench.provider.update(bench.change(kind, id, ours));
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject({ ...edited, ...ours });
    },
  },
  {
    name: "says crm.not_found, with the id, when what it is to change is gone",
    skip: needs("update"),
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.remove(kind, id);
      const before = await bench.world.requests();
      const refusal = await refusalOf(bench.provider.update(bench.change(kind, id)), "update");
      bench.expect(refusal).toMatchObject({ code: "crm.not_found", facts: { recordId: id } });
      bench.expect((await bench.world.requests()) - before, "requests").toBeLessThanOrEqual(3);
    },
  },
  {
    name: "says crm.exists, with the other's id, where the CRM refuses a second one",
    skip: all(
      needs("create"),
      (_, { options }, kind) =>
        !options.refusesDuplicates?.includes(kind) && "options.refusesDuplicates: not this kind",
    ),
    async run(bench, kind) {
      const fields = bench.plain(kind);
      const first = await bench.provider.create(await bench.draft(kind, fields));
      const refusal = await refusalOf(bench.provider.create(await bench.draft(kind, fields)), "create");
      bench.expect(refusal).toMatchObject({ code: "crm.exists", facts: { recordId: first.id } });
      bench.expect(await bench.world.standing(kind)).toHaveLength(1);
    },
  },
];

function apart(kind: CrmKind, fields: readonly string[], readOnly: readonly string[]): readonly string[] {
  return APART[kind].filter((name) => fields.includes(name) && !readOnly.includes(name));
}

function apartOf(bench: CrmBench, kind: CrmKind): readonly string[] {
  const { fields, readOnlyFields = [] } = bench.support(kind);
  return apart(kind, fields, readOnlyFields).slice(0, 2);
}
