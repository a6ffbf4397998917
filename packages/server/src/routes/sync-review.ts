import type { ConflictChoice, TenantSync } from "@salesagent/core/crm";
import type { ConflictRecord, DeadLetter } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { invalidRequest, need, notFound } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import { syncOf, syncWith } from "./known-sync.js";
import { idParams, idSchema, jsonSchema, pageQuery, pageSchema, readPage } from "./shared-schemas.js";
import { conflictSchema, deadLetterSchema, kindSchema } from "./sync-schemas.js";

const tag = "sync";
const reading = { method: "GET", tag, permission: "sync:read" } as const;
const deciding = { method: "POST", tag, permission: "sync:decide" } as const;
const about = {
  connection: idSchema.optional(),
  kind: kindSchema.optional(),
  recordId: idSchema.optional(),
};
const nothing = { items: [] };

type Context<Body = unknown> = RouteContext<{ readonly id: string }, unknown, Body>;

const conflictRoutes: readonly Route[] = [
  route({
    ...{ ...reading, path: "/sync/conflicts" },
    summary: "What both sides changed, each to something else; latest first",
    query: z.strictObject({
      ...{ ...pageQuery, ...about },
      field: idSchema.optional(),
      status: conflictSchema.shape.status.optional(),
    }),
    answer: { description: "A page of conflicts.", schema: pageSchema(conflictSchema) },
    handler: async (context) => {
      const { after, limit, ...filter } = context.query;
      const sync = syncOf(context);
      if (!sync) return nothing;
      return readPage({ after, limit }, (page) =>
        sync.conflicts.list(filter, page, { signal: context.signal }),
      );
    },
  }),
  route({
    ...{ ...reading, path: "/sync/conflicts/{id}" },
    summary: "One conflict",
    params: idParams,
    answer: { description: "The conflict.", schema: conflictSchema },
    handler: (context) => conflictOf(context),
  }),
  route({
    ...{ ...deciding, path: "/sync/conflicts/{id}" },
    summary: "Settles a conflict; the next sync carries it over",
    params: idParams,
    body: jsonBody(
      z.union([
        z.strictObject({ take: z.enum(["app", "crm"]).describe("The value of one side.") }),
        z.strictObject({ value: jsonSchema.describe("A value instead of the two; null for none.") }),
      ]),
    ),
    answer: { description: "The conflict as it was settled.", schema: conflictSchema },
    async handler(context) {
      const { body, params, principal, signal } = context;
      const conflict = await conflictOf(context);
      if (conflict.field === "$record" && "value" in body) {
        throw invalidRequest([{ path: "body.value", message: "is not for a whole record: take a side" }]);
      }
      const sync = syncWith(context, conflict.connection);
      await sync.conflicts.resolve(params.id, body as ConflictChoice, { by: principal.id, signal });
      return conflictOf(context);
    },
  }),
];

const letterRoutes: readonly Route[] = [
  route({
    ...{ ...reading, path: "/sync/dead-letters" },
    summary: "What syncs could not do; latest first",
    query: z.strictObject({
      ...{ ...pageQuery, ...about },
      status: deadLetterSchema.shape.status.optional(),
    }),
    answer: { description: "A page of dead letters.", schema: pageSchema(deadLetterSchema) },
    handler: async (context) => {
      const { after, limit, ...filter } = context.query;
      const sync = syncOf(context);
      if (!sync) return nothing;
      return readPage({ after, limit }, (page) =>
        sync.deadLetters.list(filter, page, { signal: context.signal }),
      );
    },
  }),
  route({
    ...{ ...reading, path: "/sync/dead-letters/{id}" },
    summary: "One dead letter",
    params: idParams,
    answer: { description: "The dead letter.", schema: deadLetterSchema },
    handler: (context) => letterOf(context),
  }),
  route({
    ...{ ...deciding, path: "/sync/dead-letters/{id}/replay" },
    summary: "Tries it again against what stands now, with the next sync",
    params: idParams,
    answer: { status: 202, description: "The dead letter as it stands.", schema: deadLetterSchema },
    async handler(context) {
      const { params, principal, signal } = context;
      const { connection } = await letterOf(context);
      await syncWith(context, connection).deadLetters.replay(params.id, { by: principal.id, signal });
      return letterOf(context);
    },
  }),
  route({
    ...{ ...deciding, path: "/sync/dead-letters/{id}/drop" },
    summary: "Gives it up",
    params: idParams,
    answer: { description: "The dead letter as it stands.", schema: deadLetterSchema },
    async handler(context) {
      const { params, principal, signal } = context;
      const isDropped = await syncFor(context).deadLetters.drop(params.id, { by: principal.id, signal });
      if (!isDropped) throw notFound("open dead letter", params.id);
      return letterOf(context);
    },
  }),
];

/** What waits for a person's word. */
export const syncReviewRoutes: readonly Route[] = [...conflictRoutes, ...letterRoutes];

/** @throws `store.not_found` in an app without a CRM: it has nothing of the kind. */
function syncFor(context: Context): TenantSync {
  const sync = syncOf(context);
  if (!sync) throw notFound("record of a sync", context.params.id);
  return sync;
}

const conflictOf = (context: Context): Promise<ConflictRecord> =>
  need(
    syncFor(context).conflicts.get(context.params.id, { signal: context.signal }),
    "conflict",
    context.params.id,
  );

const letterOf = (context: Context): Promise<DeadLetter> =>
  need(
    syncFor(context).deadLetters.get(context.params.id, { signal: context.signal }),
    "dead letter",
    context.params.id,
  );
