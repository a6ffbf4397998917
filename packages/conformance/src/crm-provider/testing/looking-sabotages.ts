import type { CRMProvider, CrmCapabilities, CrmKind, CrmLookup } from "@salesagent/ports";
import type { CrmSabotage } from "./crm-sabotage.js";

/** Adapters that look records up wrongly. */
export const lookingSabotages = {
  "takes an index for a strong key": (sound) => ({
    capabilities: withStrongKeys(sound.capabilities),
    lookup: async (what, call) => ({ ...(await sound.lookup(what, call)), certain: true }),
  }),

  "is always certain": (sound) => ({
    lookup: async (what, call) => ({ ...(await sound.lookup(what, call)), certain: true }),
  }),

  "finds what resembles": (sound, world) => ({
    async lookup(what, call) {
      const found = await sound.lookup(what, call);
      const value = what.email ?? what.domain;
      if (value === undefined) return found;
      const all = await sound.getMany(what.kind, await world.standing(what.kind));
      const records = all.filter((record) => record && JSON.stringify(record.fields).includes(value));
      return { ...found, records: records.filter((record) => record !== undefined) };
    },
  }),

  "brings the newest first": (sound) => ({
    async lookup(what, call) {
      const found = await sound.lookup(what, call);
      return { ...found, records: [...found.records].reverse() };
    },
  }),

  "finds by what a record had before": (sound, world) => {
    const before = new Map<string, string>();
    const edit = world.edit.bind(world);
    world.edit = async (change) => {
      const held = await world.read(change.kind, change.id);
      for (const value of Object.values(held?.fields ?? {})) before.set(`${change.kind} ${value}`, change.id);
      await edit(change);
    };
    return {
      async lookup(what, call) {
        const found = await sound.lookup(what, call);
        const id = before.get(`${what.kind} ${what.email ?? what.phone ?? what.domain}`);
        const stale = id === undefined ? undefined : await sound.get(what.kind, id);
        return { ...found, records: stale && found.records.length === 0 ? [stale] : found.records };
      },
    };
  },

  "looks by keys that it does not name": (sound) => ({
    lookup: (what, call) =>
      what.name === undefined
        ? sound.lookup(what, call)
        : sound.getMany(what.kind, [], call).then(() => ({ records: [], certain: true })),
  }),

  "looks by the first of several keys": (sound) => ({
    lookup(what, call) {
      const keys = namedKeys(sound, what);
      const isSound = keys.length < 2 || keys.length < Object.keys(what).length - 1;
      const [first] = keys;
      return sound.lookup(isSound || !first ? what : { kind: what.kind, [first[0]]: first[1] }, call);
    },
  }),

  "passes over a key that it does not name": (sound) => ({
    lookup(what, call) {
      const keys = namedKeys(sound, what);
      return sound.lookup(keys.length === 0 ? what : { kind: what.kind, ...Object.fromEntries(keys) }, call);
    },
  }),

  "finds all where it is asked for nothing": (sound) => ({
    async lookup(what, call) {
      if (Object.keys(what).length > 1) return sound.lookup(what, call);
      return { records: [], certain: false };
    },
  }),
} satisfies Record<string, CrmSabotage>;

/** The keys asked for that the kind has. */
function namedKeys({ capabilities }: CRMProvider, what: CrmLookup): readonly (readonly [string, unknown])[] {
  const known: readonly string[] = capabilities.kinds[what.kind]?.lookup.map(({ by }) => by) ?? [];
  return Object.entries(what).filter(([by]) => known.includes(by));
}

function withStrongKeys(capabilities: CrmCapabilities): CRMProvider["capabilities"] {
  const kinds = Object.entries(capabilities.kinds).map(([kind, support]) => {
    const lookup = support.lookup.map(({ by }) => ({ by, consistency: "strong" as const }));
    return [kind as CrmKind, { ...support, lookup }] as const;
  });
  return { ...capabilities, kinds: Object.fromEntries(kinds) };
}
