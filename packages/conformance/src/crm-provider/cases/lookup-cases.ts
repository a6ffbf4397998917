import type { CrmFound, CrmKind, CrmKindSupport, CrmLookup, CrmLookupSupport } from "@salesagent/ports";
import { type CrmBench, refusalOf } from "../crm-bench.js";
import { all, type CrmCase, type CrmKindCase, needs } from "../crm-case.js";

type Key = CrmLookupSupport["by"];

const KEYS: readonly Key[] = ["email", "domain", "phone", "linkedinUrl", "name", "externalId"];

/** Keys whose values are fields that users fill in. */
const PLAIN: { readonly [Kind in CrmKind]: readonly Key[] } = {
  contact: ["email", "phone"],
  company: ["domain", "name"],
  deal: ["name"],
  activity: [],
};

const plainKeys = ({ lookup }: CrmKindSupport, kind: CrmKind): readonly CrmLookupSupport[] =>
  lookup.filter(({ by }) => PLAIN[kind].includes(by));

const needsLookup: CrmKindCase["skip"] & {} = (support, _, kind) =>
  plainKeys(support, kind).length === 0 && "capabilities: no lookup by a plain field";

export const lookupCases: readonly CrmCase[] = [
  {
    name: "finds by each key what a user made: at once where it is strong, after its lag where it is not",
    skip: needsLookup,
    async run(bench, kind) {
      for (const key of keysOf(bench, kind)) {
        const { id, value } = await makeFor(bench, kind, key.by);
        if (key.consistency === "index") await bench.world.pass(lagOf(bench, key));
        const found = await find(bench, kind, key.by, value);
        bench
          .expect(
            found.records.map((record) => record.id),
            key.by,
          )
          .toEqual([id]);
      }
    },
  },
  {
    name: "finds at once by a strong key what it has just made itself",
    skip: all(needsLookup, needs("create")),
    async run(bench, kind) {
      for (const { by } of keysOf(bench, kind).filter(({ consistency }) => consistency === "strong")) {
        const made = await bench.provider.create(await bench.draft(kind));
        const found = await find(bench, kind, by, textOf(made.fields, by));
        bench
          .expect(
            found.records.map((record) => record.id),
            by,
          )
          .toEqual([made.id]);
      }
    },
  },
  {
    name: "is certain that there is nothing only by a strong key",
    skip: needsLookup,
    async run(bench, kind) {
      for (const { by, consistency } of keysOf(bench, kind)) {
        await bench.make(kind);
        await bench.catchUp();
        const found = await find(bench, kind, by, textOf(bench.plain(kind), by));
        bench.expect(found, by).toEqual({ records: [], certain: consistency === "strong" });
      }
    },
  },
  {
    name: "finds what matches exactly, and nothing that only resembles it",
    skip: needsLookup,
    async run(bench, kind) {
      for (const key of keysOf(bench, kind)) {
        const { id, value } = await makeFor(bench, kind, key.by);
        for (const near of nearMisses(key.by, value)) await bench.make(kind, { fields: { [key.by]: near } });
        await bench.catchUp();
        const found = await find(bench, kind, key.by, value);
        bench
          .expect(
            found.records.map((record) => record.id),
            key.by,
          )
          .toEqual([id]);
      }
    },
  },
  {
    name: "does not find by a value that a record had before",
    skip: needsLookup,
    async run(bench, kind) {
      for (const key of keysOf(bench, kind)) {
        const { id, value } = await makeFor(bench, kind, key.by);
        await bench.world.edit({ kind, id, fields: { [key.by]: textOf(bench.plain(kind), key.by) } });
        bench.expect((await find(bench, kind, key.by, value)).records, key.by).toEqual([]);
      }
    },
  },
  {
    name: "brings the oldest first where several match",
    skip: all(
      needsLookup,
      (_, { options }, kind) => Boolean(options.refusesDuplicates?.includes(kind)) && "refuses a second one",
    ),
    async run(bench, kind) {
      for (const key of keysOf(bench, kind)) {
        const { id, value } = await makeFor(bench, kind, key.by);
        await bench.world.pass(5_000);
        const second = await bench.make(kind, { fields: { [key.by]: value } });
        await bench.world.pass(5_000);
        await bench.editBeside(kind, id, key.by);
        await bench.catchUp();
        const found = await find(bench, kind, key.by, value);
        bench
          .expect(
            found.records.map((record) => record.id),
            key.by,
          )
          .toEqual([id, second]);
      }
    },
  },
  {
    name: "finds by several keys only what matches all of them",
    skip: (support, _, kind) =>
      plainKeys(support, kind).length < 2 && "capabilities: no lookup by two plain fields",
    async run(bench, kind) {
      const [one, other] = [await bench.make(kind), await bench.make(kind)];
      await bench.catchUp();
      const held = (await bench.world.read(kind, one))?.fields ?? {};
      const others = (await bench.world.read(kind, other))?.fields ?? {};
      const keys = keysOf(bench, kind).map(({ by }) => by);
      const both = Object.fromEntries(keys.map((by) => [by, textOf(held, by)]));
      const idsBy = async (values: object) =>
        (await bench.provider.lookup({ kind, ...values })).records.map(({ id }) => id);
      bench.expect(await idsBy(both)).toEqual([one]);
      for (const by of keys)
        bench.expect(await idsBy({ ...both, [by]: textOf(others, by) }), `another ${by}`).toEqual([]);
    },
  },
  {
    name: "refuses to look by a key that it does not name, alone or beside another, and asks nobody",
    async run(bench, kind) {
      const known = bench.support(kind).lookup.map(({ by }) => by);
      const before = await bench.world.requests();
      for (const by of KEYS.filter((key) => !known.includes(key)))
        for (const beside of [undefined, ...known]) {
          const what: CrmLookup = { kind, ...(beside && { [beside]: "x" }), [by]: "x" };
          const refusal = await refusalOf(bench.provider.lookup(what), `lookup by ${by}`);
          bench.expect(refusal.code, `${by} beside ${beside}`).toBe("crm.unsupported");
        }
      bench.expect(await bench.world.requests()).toBe(before);
    },
  },
  {
    name: "refuses to look by nothing at all, and asks nobody",
    skip: ({ lookup }) => lookup.length === 0 && "capabilities: no lookup",
    async run(bench, kind) {
      const before = await bench.world.requests();
      const end = await bench.provider.lookup({ kind }).catch((error: unknown) => error);
      bench.expect(end instanceof TypeError).toBe(true);
      bench.expect(await bench.world.requests()).toBe(before);
    },
  },
];

function keysOf(bench: CrmBench, kind: CrmKind): readonly CrmLookupSupport[] {
  return plainKeys(bench.support(kind), kind);
}

function lagOf(bench: CrmBench, { lagMs }: CrmLookupSupport): number {
  return lagMs ?? bench.options.catchUpMs ?? 0;
}

async function makeFor(bench: CrmBench, kind: CrmKind, by: Key) {
  const id = await bench.make(kind);
  const held = await bench.world.read(kind, id);
  return { id, value: textOf(held?.fields ?? {}, by) };
}

function textOf(fields: object, by: Key): string {
  const value: unknown = Object.entries(fields).find(([name]) => name === by)?.[1];
  if (typeof value !== "string") throw new Error(`the world keeps no ${by}, which capabilities says it does`);
  return value;
}

function find(bench: CrmBench, kind: CrmKind, by: Key, value: string): Promise<CrmFound> {
  const what: CrmLookup = { kind, [by]: value };
  return bench.provider.lookup(what);
}

/** Values that a search by words, by a part or by a prefix takes for the same. */
function nearMisses(by: Key, value: string): readonly string[] {
  if (by === "email") return [`not.${value}`, `${value}.au`, value.replace("@", "@mail.")];
  if (by === "domain") return [`not${value}`, `${value}.au`];
  return by === "phone" ? [`${value}1`] : [`${value} Holding`, `The ${value}`];
}
