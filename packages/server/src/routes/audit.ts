import { z } from "zod";
import { type Route, route } from "../route.js";
import { idSchema, jsonObjectSchema, pageQuery, pageSchema, readPage, timeSchema } from "./shared-schemas.js";

const recordSchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    actor: z.string().describe("Who acted, such as `user:42` or `agent:qualification`."),
    action: z.string().describe("Such as `lead-qualified` or `request-refused`."),
    subject: z.string().describe("What it was done to, such as `lead:01J…`."),
    runId: z.string().optional(),
    facts: jsonObjectSchema,
  })
  .meta({ id: "AuditRecord" });

/** Decisions, effects and refusals, on record for ever. */
export const auditRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/audit", tag: "audit", permission: "audit:read" },
    summary: "The audit trail, in the order in which it was written",
    query: z.strictObject({
      ...pageQuery,
      subject: idSchema.optional(),
      action: idSchema.optional(),
      runId: idSchema.optional(),
    }),
    answer: { description: "A page of records.", schema: pageSchema(recordSchema) },
    handler: ({ query: { after, limit, ...filter }, stores, signal }) =>
      readPage({ after, limit }, (page) => stores.audit.list(filter, page, { signal })),
  }),
];
