import type { CrmKind } from "@salesagent/ports";
import { type CrmBench, refusalOf } from "../crm-bench.js";
import { all, type CrmCase, needs } from "../crm-case.js";

/** What a provider may say to a field that it doesn't take. */
const REFUSALS = ["crm.field_invalid", "crm.unsupported"];

export const fieldCases: readonly CrmCase[] = [
  {
    name: "keeps every field that it names, in normal form, from the create on",
    skip: needs("create"),
    async run(bench, kind) {
      const names = withSamples(bench, kind);
      const fields = bench.sample(kind, "first", names);
      const made = await bench.provider.create(await bench.draft(kind, fields));
      bench.expect(made).toMatchObject({ kind, fields });
      bench.expect((await bench.provider.get(kind, made.id))?.fields).toMatchObject(fields);
      const held = Object.entries((await bench.world.read(kind, made.id))?.fields ?? {});
      bench
        .expect(fields, "as the CRM holds it")
        .toMatchObject(Object.fromEntries(held.filter(([name]) => name in fields)));
    },
  },
  {
    name: "changes every field that it names, each for itself",
    skip: needs("update"),
    async run(bench, kind) {
      const names = withSamples(bench, kind);
      const id = await bench.make(kind);
      const second = bench.sample(kind, "second", names);
      const entangled = new Set(["firstName", "lastName", "fullName", "domain", "website", "currency"]);
      for (const [name, value] of Object.entries(second)) {
        if (entangled.has(name)) continue;
        const changed = await bench.provider.update(bench.change(kind, id, { [name]: value }));
        bench.expect(changed.id).toBe(id);
        bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject({ [name]: value });
      }
      await bench.provider.update(bench.change(kind, id, second));
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject(second);
    },
  },
  {
    name: "takes a value away where it is null",
    skip: needs("create", "update"),
    async run(bench, kind) {
      const names = withSamples(bench, kind);
      const made = await bench.provider.create(await bench.draft(kind, bench.sample(kind, "first", names)));
      for (const name of clearable(bench, kind)) {
        await bench.provider.update(bench.change(kind, made.id, { [name]: null }));
        const fields = (await bench.provider.get(kind, made.id))?.fields ?? {};
        bench.expect(Object.keys(fields), `${name} after null`).not.toContain(name);
      }
    },
  },
  {
    name: "replaces lists whole, and keeps them when something else changes",
    skip: all(needs("create", "update"), (support) => !hasList(support.fields) && "capabilities: no list"),
    async run(bench, kind) {
      const names = withSamples(bench, kind);
      const count = bench.next();
      const first = bench.sample(kind, "first", names, count);
      const { id } = await bench.provider.create(await bench.draft(kind, first));
      const lists = Object.entries(first).filter(([, value]) => Array.isArray(value));
      await bench.provider.update(bench.change(kind, id));
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject(Object.fromEntries(lists));
      for (const [name] of lists) {
        const value = bench.sample(kind, "second", [name], count)[name];
        await bench.provider.update(bench.change(kind, id, { [name]: value }));
        bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject({ [name]: value });
      }
    },
  },
  {
    name: "leaves a field alone that is undefined",
    skip: needs("create", "update"),
    async run(bench, kind) {
      const fields = bench.sample(kind, "first", withSamples(bench, kind));
      const { id } = await bench.provider.create(await bench.draft(kind, fields));
      const edited = bench.edited(kind);
      const others = Object.keys(fields).filter((name) => !(name in edited) && !shares(name));
      const unknown = Object.fromEntries(others.map((name) => [name, undefined]));
      await bench.provider.update(bench.change(kind, id, { ...unknown, ...edited }));
      const kept = Object.fromEntries(others.map((name) => [name, fields[name]]));
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject({ ...kept, ...edited });
    },
  },
  {
    name: "does not take a field that it does not name, or that it only tells",
    skip: needs("create", "update"),
    async run(bench, kind) {
      const { readOnlyFields = [] } = bench.support(kind);
      const id = await bench.make(kind);
      const before = (await bench.provider.get(kind, id))?.fields ?? {};
      const foreign = { favouriteColour: "blue", ...bench.sample(kind, "second", readOnlyFields) };
      try {
        await bench.provider.update(bench.change(kind, id, foreign));
      } catch {
        const refusal = await refusalOf(bench.provider.update(bench.change(kind, id, foreign)));
        bench.expect(REFUSALS).toContain(refusal.code);
      }
      bench.expect((await bench.provider.get(kind, id))?.fields).toEqual(before);
      const sent = (await bench.world.writes()).flatMap((write) => write.sent);
      bench.expect(sent).not.toContain("favouriteColour");
    },
  },
  {
    name: "keeps custom fields of the mapping, changes them and takes them away",
    skip: all(
      needs("create", "update"),
      (_, { options }, kind) =>
        !options.custom?.some((sample) => sample.kind === kind) && "options.custom: none of this kind",
    ),
    async run(bench, kind) {
      const samples = bench.options.custom?.filter((sample) => sample.kind === kind) ?? [];
      for (const { name, first, second } of samples) {
        const draft = { ...(await bench.draft(kind)), custom: { [name]: first } };
        const { id } = await bench.provider.create(draft);
        const custom = async () => (await bench.provider.get(kind, id))?.custom ?? {};
        bench.expect(await custom()).toMatchObject({ [name]: first });
        await bench.provider.update({ kind, id, custom: { [name]: second } });
        bench.expect(await custom()).toMatchObject({ [name]: second });
        await bench.provider.update({ kind, id, custom: { [name]: null } });
        bench.expect(Object.keys(await custom())).not.toContain(name);
      }
    },
  },
];

/** Fields that the adapter takes, each of which needs a sample. */
function withSamples(bench: CrmBench, kind: CrmKind): readonly string[] {
  const names = bench.writable(kind);
  for (const which of ["first", "second"] as const) {
    const sample = bench.sample(kind, which, names);
    const missing = names.filter((name) => !(name in sample));
    if (missing.length > 0)
      throw new TypeError(`options.samples.${kind}.${which} needs a value of ${missing.join(", ")}`);
  }
  return names;
}

/** Fields whose value may be taken away without another's going too. */
function clearable(bench: CrmBench, kind: CrmKind): readonly string[] {
  const needed = new Set([
    "name",
    "type",
    "currency",
    "status",
    "at",
    ...(bench.options.required?.[kind] ?? []),
  ]);
  return bench.writable(kind).filter((name) => !needed.has(name) && !shares(name));
}

/** Fields that CRMs keep together with others, so that one can't be looked at alone. */
function shares(name: string): boolean {
  return ["firstName", "lastName", "fullName", "email", "phone", "domain", "website", "optedOut"].includes(
    name,
  );
}

const hasList = (names: readonly string[]) =>
  ["otherEmails", "otherPhones", "keywords", "technologies", "subIndustries"].some((name) =>
    names.includes(name),
  );
