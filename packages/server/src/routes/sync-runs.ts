import type { PlannedWrite } from "@salesagent/core/crm";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { type Route, route } from "../route.js";
import { asKindsRefused, syncWith } from "./known-sync.js";
import { connectionParams, directionSchema, kindSchema, plannedWriteSchema } from "./sync-schemas.js";

const wishes = {
  kinds: z.array(kindSchema).min(1).max(3).optional().describe("Those of the connection unless told."),
  direction: directionSchema.optional(),
  full: z.boolean().optional().describe("Walks over all records of the CRM again."),
};

const tag = "sync";

/** What moves records, and what says which. */
export const syncRunRoutes: readonly Route[] = [
  route({
    ...{ method: "POST", path: "/sync/{connection}/run", tag, permission: "sync:run" },
    summary:
      "Begins a sync, told as a stream. Where one of this connection goes on in this process, that one is told",
    params: connectionParams,
    body: jsonBody(z.strictObject(wishes).prefault({})),
    answer: {
      status: 202,
      description: "The stream that tells it; `joined` where it went on already.",
      schema: z.object({ streamId: z.string(), joined: z.boolean() }),
    },
    async handler(context) {
      const { principal, params, body, server } = context;
      syncWith(context, params.connection);
      const { tenant, id: by } = principal;
      const begun = await server.syncs.begin({ tenant, by, connection: params.connection, ...body });
      const location = `${server.prefix}/streams/${encodeURIComponent(begun.streamId)}`;
      return Response.json(begun, { status: 202, headers: { location } });
    },
  }),
  route({
    ...{ method: "POST", path: "/sync/{connection}/plan", tag, permission: "sync:read" },
    summary: "What a sync would write just now, as far as the limit; nothing is written",
    params: connectionParams,
    body: jsonBody(
      z.strictObject({ ...wishes, limit: z.number().int().min(1).max(1_000).default(200) }).prefault({}),
    ),
    answer: {
      description: "Writes in their order; `more` where there would be others.",
      schema: z.object({ writes: z.array(plannedWriteSchema), more: z.boolean() }),
    },
    async handler(context) {
      const { connection } = context.params;
      const { limit, ...wished } = context.body;
      const plan = syncWith(context, connection).plan(connection, { ...wished, signal: context.signal });
      const writes: PlannedWrite[] = [];
      try {
        for await (const write of plan) {
          if (writes.length === limit) return { writes, more: true };
          writes.push(write);
        }
      } catch (error) {
        throw asKindsRefused(error);
      }
      return { writes, more: false };
    },
  }),
  route({
    ...{ method: "POST", path: "/sync/{connection}/allow-removals", tag, permission: "sync:unlock" },
    summary: "Says that the removals that wait now may be made, within 24 hours, and no more",
    params: connectionParams,
    body: jsonBody(z.strictObject({ kind: kindSchema })),
    answer: { description: "How many.", schema: z.object({ removals: z.number().int() }) },
    async handler(context) {
      const { principal, params, body, signal } = context;
      const decided = { by: principal.id, signal };
      const sync = syncWith(context, params.connection);
      return { removals: await sync.allowRemovals(params.connection, body.kind, decided) };
    },
  }),
];
