import { type CrmChanges, SalesAgentError } from "@salesagent/ports";
import { type CrmSabotage, changingChanges, changingPages } from "./crm-sabotage.js";

/** Adapters that read and walk the wrong way. */
export const readingSabotages = {
  "drops a page": changingPages(async function* (pages) {
    let at = 0;
    for await (const page of pages) {
      at += 1;
      if (at !== 2 || page.complete) yield page;
    }
  }),

  "calls a walk complete that an error cut short": changingPages(async function* (pages, from) {
    let cursor = from?.cursor ?? "0";
    try {
      for await (const page of pages) {
        cursor = page.cursor;
        yield page;
      }
    } catch (error) {
      if (!SalesAgentError.is(error) || error.code === "crm.unsupported") throw error;
      yield { records: [], cursor, complete: true };
    }
  }),

  "trusts the total": changingPages(async function* (pages) {
    let seen = 0;
    for await (const page of pages) {
      seen += page.records.length;
      if (!page.complete) yield page;
      else if (seen >= (page.total ?? 0)) yield page;
      else {
        yield { ...page, complete: false };
        for (let again = 0; again < 1_000; again += 1) yield { ...page, records: [], complete: false };
      }
    }
  }),

  "goes on one record too late": changingPages(
    (pages) => pages,
    (cursor) => String(Number(cursor) + 1),
  ),

  "calls every page the last": changingPages(async function* (pages) {
    for await (const page of pages) yield { ...page, complete: true };
  }),

  "never calls a walk complete": changingPages(async function* (pages) {
    for await (const page of pages) yield { ...page, complete: false };
  }),

  "loses microseconds": changingChanges(
    async function* (pages, from) {
      const fromMs = Number(from?.split("|")[1] ?? 0);
      let lastMs = fromMs;
      for await (const page of pages) {
        const records = page.records.filter(({ updatedAt }) => Date.parse(updatedAt) > fromMs);
        lastMs = Math.max(lastMs, ...page.records.map(({ updatedAt }) => Date.parse(updatedAt)));
        yield { ...page, records, cursor: `${page.cursor}|${lastMs}` };
      }
    },
    (cursor) => cursor.split("|")[0] ?? "",
  ),

  "brings each record once a read": changingChanges(async function* (pages) {
    const seen = new Set<string>();
    for await (const page of pages) {
      const records = page.records.filter(({ id }) => !seen.has(id));
      for (const { id } of records) seen.add(id);
      yield { ...page, records };
    }
  }),

  "tells changes without what they are": changingChanges(async function* (pages) {
    for await (const page of pages)
      yield { ...page, records: page.records.map((record) => ({ ...record, fields: {} })) };
  }),

  "never comes to the end of the changes": changingChanges(async function* (pages) {
    let last: CrmChanges | undefined;
    for await (const page of pages) {
      last = { ...page, more: true };
      yield last;
    }
    for (let again = 0; last !== undefined && again < 1_000; again += 1) yield last;
  }),

  "leaves merged records out of the changes": changingChanges(async function* (pages) {
    for await (const page of pages)
      yield { ...page, records: page.records.filter(({ mergedIds }) => mergedIds === undefined) };
  }),

  "tells no removals": changingChanges(async function* (pages) {
    for await (const page of pages) yield { ...page, removed: [] };
  }),

  "ends the changes at their first page": changingChanges(async function* (pages) {
    for await (const page of pages) {
      yield { ...page, more: false, records: page.records.slice(0, 5) };
      return;
    }
  }),

  "takes a failed page for one without changes": (sound) => ({
    async *changes(kind, from, call) {
      try {
        yield* sound.changes(kind, from, call);
      } catch (error) {
        if (!SalesAgentError.is(error, "service.auth")) throw error;
        yield { records: [], removed: [], cursor: "cursor" in from ? from.cursor : "0.0", more: false };
      }
    },
  }),

  "takes every change for a recent one": (sound) => ({
    changes: (kind, from, call) =>
      sound.changes(kind, "since" in from ? { since: "2000-01-01T00:00:00Z" } : from, call),
  }),

  "tells stamps through a Date": (sound) => ({
    async get(kind, id, call) {
      const record = await sound.get(kind, id, call);
      return record && { ...record, updatedAt: new Date(record.updatedAt).toISOString() };
    },
  }),

  "remembers what it has read": (sound) => {
    const known = new Map<string, unknown>();
    return {
      async get(kind, id, call) {
        const record = await sound.get(kind, id, call);
        const first = known.get(id) as typeof record;
        known.set(id, first ?? record);
        return record && (first ?? record);
      },
    };
  },

  "takes a record that is gone for an error": (sound) => ({
    async get(kind, id, call) {
      const record = await sound.get(kind, id, call);
      if (record !== undefined) return record;
      const facts = { crm: "double", recordId: id };
      throw new SalesAgentError("crm.not_found", { message: "it is gone", facts, replay: "safe" });
    },
  }),

  "takes a refusal for a record that is gone": (sound) => ({
    get: (kind, id, call) => sound.get(kind, id, call).catch(ignoreRefusal),
    getMany: (kind, ids, call) =>
      sound.getMany(kind, ids, call).catch((error: unknown) => {
        ignoreRefusal(error);
        return ids.map(() => undefined);
      }),
  }),

  "takes an answer that is cut off for a record that is gone": (sound) => ({
    get: (kind, id, call) =>
      sound.get(kind, id, call).catch((error: unknown) => {
        if (!SalesAgentError.is(error, "service.malformed_response")) throw error;
        return undefined;
      }),
  }),

  "tells ids as numbers": (sound) => ({
    getMany: async (kind, ids, call) =>
      (await sound.getMany(kind, ids, call)).map(
        (record) => record && Object.assign({}, record, { id: Number(record.id.replace(/\D/g, "")) }),
      ),
  }),

  "sorts what was asked for": (sound) => ({
    getMany: (kind, ids, call) => sound.getMany(kind, [...ids].sort(), call),
  }),

  "leaves out those that are gone": (sound) => ({
    getMany: async (kind, ids, call) =>
      (await sound.getMany(kind, ids, call)).filter((record) => record !== undefined),
  }),

  "gets one page of many": (sound) => ({
    async getMany(kind, ids, call) {
      const found = await sound.getMany(kind, ids.slice(0, 7), call);
      return ids.map((_, at) => found[at]);
    },
  }),

  "forgets merged ids": (sound) => ({
    async get(kind, id, call) {
      const record = await sound.get(kind, id, call);
      if (record === undefined) return undefined;
      const { mergedIds: _, ...rest } = record;
      return rest;
    },
  }),

  "does not follow a merge": (sound) => ({
    async get(kind, id, call) {
      const record = await sound.get(kind, id, call);
      return record?.id === id ? record : undefined;
    },
  }),

  "tells a merged record under the id asked for": (sound) => ({
    async get(kind, id, call) {
      const record = await sound.get(kind, id, call);
      return record && { ...record, id };
    },
  }),
} satisfies Record<string, CrmSabotage>;

function ignoreRefusal(error: unknown): undefined {
  if (!SalesAgentError.is(error, "service.auth")) throw error;
}
