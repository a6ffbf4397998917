import { type CrmWrite, SalesAgentError } from "@salesagent/ports";
import type { CrmSabotage } from "./crm-sabotage.js";

/** Adapters that write the wrong way. */
export const writingSabotages = {
  "makes a record again when it does not know": (sound) => ({
    create: (draft, call) =>
      sound.create(draft, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "service.unavailable")) throw error;
        return sound.create(draft, call);
      }),
  }),

  "calls a lost create safe to repeat": (sound) => ({
    create: (draft, call) => sound.create(draft, call).catch((error: unknown) => asSafe(error)),
  }),

  "sends all fields": (sound) => ({
    async update(change, call) {
      const record = await sound.get(change.kind, change.id, call);
      return sound.update({ ...change, fields: joined(record?.fields, change.fields) }, call);
    },
  }),

  "sends what it read once": (sound) => {
    const read = new Map<string, object>();
    return {
      async get(kind, id, call) {
        const record = await sound.get(kind, id, call);
        if (record) read.set(id, record.fields);
        return record;
      },
      update: (change, call) =>
        sound.update({ ...change, fields: joined(read.get(change.id), change.fields) }, call),
    };
  },

  "clears what is undefined": (sound) => ({
    update: (change, call) => sound.update({ ...change, fields: mapped(change.fields, asNull) }, call),
  }),

  "does not clear": (sound) => ({
    update: (change, call) => sound.update({ ...change, fields: mapped(change.fields, asUndefined) }, call),
  }),

  "adds to lists": (sound) => ({
    async update(change, call) {
      const { fields: before = {} } = (await sound.get(change.kind, change.id, call)) ?? {};
      const old: Readonly<Record<string, unknown>> = { ...before };
      const fields = mapped(change.fields, (value, name) => {
        const had = old[name];
        return Array.isArray(value) && Array.isArray(had) ? [...new Set([...had, ...value])] : value;
      });
      return sound.update({ ...change, fields }, call);
    },
  }),

  "drops a field": (sound) => ({
    create: (draft, call) => sound.create({ ...draft, fields: without(draft.fields, "phone") }, call),
  }),

  "drops links": (sound) => ({
    create(draft, call) {
      const { links: _, ...rest } = draft;
      return sound.create(draft.kind === "activity" ? draft : rest, call);
    },
  }),

  "drops custom fields": (sound) => ({
    create: ({ custom: _, ...draft }, call) => sound.create(draft, call),
  }),

  "makes what it is to change": (sound) => ({
    update: (change, call) =>
      sound.update(change, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.not_found")) throw error;
        return sound.create({ kind: change.kind, fields: without({ ...change.fields }, "email") }, call);
      }),
  }),

  "forgets where a record went": (sound) => ({
    update: (change, call) =>
      sound.update(change, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.not_found")) throw error;
        const { mergedInto: _, ...facts } = error.facts;
        throw new SalesAgentError("crm.not_found", { message: error.message, facts, replay: "safe" });
      }),
  }),

  "takes a duplicate for a bad value": (sound) => ({
    create: (draft, call) =>
      sound.create(draft, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.exists")) throw error;
        const facts = { crm: "double", field: "email" };
        throw new SalesAgentError("crm.field_invalid", { message: "409", facts, replay: "safe" });
      }),
  }),

  "does not tell which record exists": (sound) => ({
    create: (draft, call) =>
      sound.create(draft, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "crm.exists")) throw error;
        const facts = { crm: "double" };
        throw new SalesAgentError("crm.exists", { message: "409", facts, replay: "safe" });
      }),
  }),

  "fails on what is removed already": (sound) => ({
    async remove(kind, id, call) {
      const record = await sound.get(kind, id, call);
      if (record !== undefined) return sound.remove(kind, id, call);
      const facts = { crm: "double", recordId: id };
      throw new SalesAgentError("crm.not_found", { message: "it is gone", facts, replay: "safe" });
    },
  }),

  "sends what it does not name": (sound) => ({
    update: (change, call) =>
      "favouriteColour" in (change.fields ?? {})
        ? sound.update({ ...change, custom: { favouriteColour: "blue" } }, call)
        : sound.update(change, call),
  }),

  "forgets the links of what it changed": (sound) => {
    const changed = new Set<string>();
    return {
      update: (change, call) => {
        changed.add(change.id);
        return sound.update(change, call);
      },
      async get(kind, id, call) {
        const record = await sound.get(kind, id, call);
        return record && changed.has(id) ? { ...record, links: {} } : record;
      },
    };
  },

  "makes up the record that another must hang on": (sound, world) => ({
    async create(draft, call) {
      if (draft.kind !== "activity" || draft.links?.contact !== undefined) return sound.create(draft, call);
      const contact = await world.create({ kind: "contact", fields: {} });
      return sound.create({ ...draft, links: { ...draft.links, contact: [contact] } }, call);
    },
  }),

  "makes a record twice when it has waited": (sound) => ({
    create: (draft, call) =>
      sound.create(draft, call).catch(async (error: unknown) => {
        if (!SalesAgentError.is(error, "service.rate_limited")) throw error;
        await sound.create({ ...draft, fields: without(draft.fields, "email") }, call);
        return sound.create(draft, call);
      }),
  }),

  "takes a lost change for a record that is gone": (sound) => ({
    update: (change, call) =>
      sound.update(change, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "service.unavailable")) throw error;
        const facts = { crm: "double", recordId: change.id };
        throw new SalesAgentError("crm.not_found", { message: "it is gone", facts, replay: "safe" });
      }),
  }),

  "tells of rows in any order": (sound) => ({
    writeMany: async (writes, call) => [...(await sound.writeMany(writes, call))].reverse(),
  }),

  "refuses a batch without rows": (sound) => ({
    async writeMany(writes, call) {
      if (writes.length === 0) throw new RangeError("no rows");
      return sound.writeMany(writes, call);
    },
  }),

  "swallows a refused row": (sound) => ({
    writeMany: async (writes, call) =>
      (await sound.writeMany(writes, call)).map((row) =>
        row.status === "refused" ? { status: "written", id: "" } : row,
      ),
  }),

  "leaves out a refused row": (sound) => ({
    writeMany: async (writes, call) =>
      (await sound.writeMany(writes, call)).filter(({ status }) => status !== "refused"),
  }),

  "sends a batch again when a row is refused": (sound) => ({
    async writeMany(writes, call) {
      const written = await sound.writeMany(writes, call);
      return written.some(({ status }) => status === "refused") ? sound.writeMany(writes, call) : written;
    },
  }),

  "fails a batch for one refused row": (sound) => ({
    async writeMany(writes, call) {
      const written = await sound.writeMany(writes, call);
      for (const row of written) if (row.status === "refused") throw row.error;
      return written;
    },
  }),

  "calls a lost batch refused": (sound) => ({
    writeMany: async (writes, call) =>
      (await sound.writeMany(writes, call)).map((row) =>
        row.status === "unknown" ? { status: "refused", error: row.error } : row,
      ),
  }),

  "writes one batch of many": (sound) => ({
    async writeMany(writes: readonly CrmWrite[], call) {
      const written = await sound.writeMany(writes.slice(0, 10), call);
      return writes.map((_, at) => written[at % 10] ?? { status: "written", id: "" });
    },
  }),
} satisfies Record<string, CrmSabotage>;

function asSafe(error: unknown): never {
  if (!SalesAgentError.is(error, "service.unavailable")) throw error;
  const { message, facts } = error;
  throw new SalesAgentError("service.unavailable", { message, facts, replay: "safe" });
}

const asNull = (value: unknown) => value ?? null;

const asUndefined = (value: unknown) => value ?? undefined;

function mapped(fields: object = {}, change: (value: unknown, name: string) => unknown): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value, name)]));
}

const joined = (...parts: readonly (object | undefined)[]): object => Object.assign({}, ...parts);

function without(fields: object, name: string): object {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}
