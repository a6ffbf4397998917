import { z } from "zod";
import { notFound } from "../request-errors.js";
import { type Route, route } from "../route.js";
import { syncOf, syncWith } from "./known-sync.js";
import { idSchema, pageQuery, pageSchema, readPage } from "./shared-schemas.js";
import {
  connectionParams,
  connectionSchema,
  dependencySchema,
  entrySchema,
  kindSchema,
  metricsSchema,
  syncRunSchema,
} from "./sync-schemas.js";
import { instantSchema } from "./time-schemas.js";

const tag = "sync";
const reading = { method: "GET", tag, permission: "sync:read" } as const;
const DAY_MS = 86_400_000;
const sinceQuery = z.strictObject({
  since: instantSchema.optional().describe("ISO 8601 in UTC; 30 days ago unless told."),
});

/** How the connections with CRMs stand, and what they did. */
export const syncRoutes: readonly Route[] = [
  route({
    ...{ ...reading, path: "/sync" },
    summary: "How each connection with a CRM stands",
    answer: { description: "All connections.", schema: z.object({ items: z.array(connectionSchema) }) },
    handler: async (context) => ({
      items: (await syncOf(context)?.status({ signal: context.signal })) ?? [],
    }),
  }),
  route({
    ...{ ...reading, path: "/sync/metrics" },
    summary: "Sums over the runs of each connection",
    query: sinceQuery,
    answer: { description: "By connection.", schema: z.object({ items: z.array(metricsSchema) }) },
    handler: async (context) => {
      const { query, signal, server } = context;
      const since = query.since ?? daysAgo(server.clock.now(), 30);
      return { items: (await syncOf(context)?.metrics(since, { signal })) ?? [] };
    },
  }),
  route({
    ...{ ...reading, path: "/sync/health" },
    summary: "How each CRM, and the sync with it, does",
    answer: { description: "All of them.", schema: z.object({ items: z.array(dependencySchema) }) },
    handler: async (context) => ({
      items: (await syncOf(context)?.health({ signal: context.signal })) ?? [],
    }),
  }),
  route({
    ...{ ...reading, path: "/sync/{connection}" },
    summary: "How one connection stands",
    params: connectionParams,
    answer: { description: "The connection.", schema: connectionSchema },
    async handler(context) {
      const { connection } = context.params;
      const all = await syncWith(context, connection).status({ signal: context.signal });
      const found = all.find((status) => status.connection === connection);
      if (!found) throw notFound("connection", connection);
      return found;
    },
  }),
  route({
    ...{ ...reading, path: "/sync/{connection}/metrics" },
    summary: "Sums over the runs of one connection",
    params: connectionParams,
    query: sinceQuery,
    answer: { description: "The sums.", schema: metricsSchema },
    async handler(context) {
      const { connection } = context.params;
      const since = context.query.since ?? daysAgo(context.server.clock.now(), 30);
      const all = await syncWith(context, connection).metrics(since, { signal: context.signal });
      return all.find((metrics) => metrics.connection === connection);
    },
  }),
  route({
    ...{ ...reading, path: "/sync/{connection}/history" },
    summary: "Runs of a connection, latest first",
    params: connectionParams,
    query: z.strictObject({ ...pageQuery, status: syncRunSchema.shape.status.optional() }),
    answer: { description: "A page of runs.", schema: pageSchema(syncRunSchema) },
    handler: async (context) => {
      const { params, query, signal } = context;
      const sync = syncWith(context, params.connection);
      return readPage(query, (page) =>
        sync.history({ connection: params.connection, status: query.status }, page, { signal }),
      );
    },
  }),
  route({
    ...{ ...reading, path: "/sync/{connection}/entries" },
    summary: "What was decided on which records, latest first",
    params: connectionParams,
    query: z.strictObject({
      ...pageQuery,
      runId: idSchema.optional(),
      kind: kindSchema.optional(),
      recordId: idSchema.optional(),
      action: idSchema.optional(),
    }),
    answer: { description: "A page of entries.", schema: pageSchema(entrySchema) },
    handler: async (context) => {
      const { params, signal } = context;
      const { after, limit, ...filter } = context.query;
      const sync = syncWith(context, params.connection);
      return readPage({ after, limit }, (page) =>
        sync.entries({ connection: params.connection, ...filter }, page, { signal }),
      );
    },
  }),
];

const daysAgo = (nowMs: number, days: number): string => new Date(nowMs - days * DAY_MS).toISOString();
