import type { CrmKind } from "@salesagent/ports";
import { type CrmBench, refusalOf } from "../crm-bench.js";
import type { CrmCase } from "../crm-case.js";
import { CRM_KINDS } from "../double/double-capabilities.js";

export const capabilityCases: readonly CrmCase[] = [
  {
    name: "names itself, its port and at least one kind",
    async runWhole(bench) {
      bench.expect(bench.raw.port).toBe("crm-provider/1");
      bench.expect(bench.raw.provider).toMatch(/^[a-z][a-z\d-]*$/);
      bench.expect(Object.keys(bench.raw.capabilities.kinds).length).toBeGreaterThan(0);
    },
  },
  {
    name: "says of itself what fits together",
    async run(bench, kind) {
      const { fields, customFields, readOnlyFields = [], links = [], ...support } = bench.support(kind);
      const names = [...fields, ...(customFields ?? []).map((name) => `custom.${name}`)];
      bench.expect(new Set(names).size).toBe(names.length);
      bench.expect(readOnlyFields.filter((name) => !names.includes(name))).toEqual([]);
      for (const { name, kind: of } of bench.options.custom ?? [])
        if (customFields && of === kind) bench.expect(customFields).toContain(name);
      bench.expect(Number.isInteger(support.maxBatch) && support.maxBatch >= 1).toBe(true);
      if (support.requiredLink !== undefined) bench.expect(links).toContain(support.requiredLink);
      bench.expect(support.removals && !support.changes, "removals without changes").toBe(false);
      for (const { consistency, lagMs } of support.lookup)
        if (consistency === "strong") bench.expect(lagMs ?? 0).toBe(0);
    },
  },
  {
    name: "says crm.unsupported to what it does not promise, and asks nobody",
    async runWhole(bench) {
      const before = await bench.world.requests();
      for (const kind of CRM_KINDS)
        for (const [name, call] of unsupportedCalls(bench, kind)) {
          const refusal = await refusalOf(call(), `${name} of a ${kind}`);
          bench.expect(refusal.code, `${name} of a ${kind}`).toBe("crm.unsupported");
        }
      bench.expect(await bench.world.requests()).toBe(before);
    },
  },
  {
    name: "lists the fields of each kind, and the custom ones with them",
    async run(bench, kind) {
      const names = (await bench.provider.schema(kind)).map(({ name }) => name);
      bench.expect(names.length).toBeGreaterThan(0);
      bench.expect(new Set(names).size).toBe(names.length);
      for (const { vendorName, kind: of } of bench.options.custom ?? [])
        if (of === kind) bench.expect(names).toContain(vendorName);
    },
  },
  {
    name: "is well when the CRM is",
    async runWhole(bench) {
      const health = await bench.provider.health();
      bench.expect(health.length).toBeGreaterThan(0);
      bench.expect(health.map(({ status }) => status)).toEqual(health.map(() => "ok"));
    },
  },
  {
    name: "is not well, and throws nothing, when the key is refused or nobody answers",
    async runWhole(bench) {
      for (const type of ["unauthorised", "request-lost"] as const) {
        await bench.world.fail({ type }, { times: 12 });
        const [first] = await bench.provider.health();
        bench.expect(first?.status, type).not.toBe("ok");
      }
    },
  },
];

function unsupportedCalls({ provider, raw, since }: CrmBench, kind: CrmKind) {
  const support = raw.capabilities.kinds[kind];
  const calls: readonly (readonly [string, boolean, () => Promise<unknown>])[] = [
    ["create", support?.create ?? false, () => provider.create({ kind, fields: {} })],
    ["update", support?.update ?? false, () => provider.update({ kind, id: "id-1", fields: {} })],
    ["remove", support?.remove ?? false, () => provider.remove(kind, "id-1")],
    ["list", support?.list ?? false, () => firstOf(provider.list(kind))],
    ["changes", support?.changes ?? false, () => firstOf(provider.changes(kind, since))],
    ["get", support !== undefined, () => provider.get(kind, "id-1")],
    ["getMany", support !== undefined, () => provider.getMany(kind, ["id-1"])],
    ["lookup", support !== undefined, () => provider.lookup({ kind, email: "ada@example.com" })],
    ["schema", support !== undefined, () => provider.schema(kind)],
  ];
  return calls.flatMap(([name, promised, call]) => (promised ? [] : [[name, call] as const]));
}

async function firstOf<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page;
  return undefined;
}
