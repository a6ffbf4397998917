import { type ColumnMapping, FIELD_PATHS } from "@salesagent/intake";
import { SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody, streamBody } from "../body.js";
import { invalidRequest, need } from "../request-errors.js";
import { type Route, route } from "../route.js";
import { importBody } from "./import-leads.js";
import {
  foundLeadSchema,
  importSchema,
  leadWithResultsSchema,
  qualifiedManySchema,
  qualifiedSchema,
  qualifyBody,
  stageSchema,
} from "./lead-schemas.js";
import { qualifyMany, qualifyOne } from "./qualify-leads.js";
import { idParams, pageQuery, pageSchema, readPage } from "./shared-schemas.js";

const tag = "leads";
/** Models think for a while, and a list takes its turns. */
const QUALIFY_MS = 300_000;

const target = z.enum([...FIELD_PATHS, "custom", "ignore"]);

const mappingQuery = z
  .string()
  .max(20_000)
  .transform((text, context): ColumnMapping => {
    const read = z.record(z.string(), target).safeParse(toJson(text));
    if (read.success) return read.data;
    context.issues.push({
      ...{ code: "custom", input: text },
      message: 'must be a JSON object of columns and their fields, such as {"Firma":"company.name"}',
    });
    return z.NEVER;
  });

const importQuery = z.strictObject({
  name: z
    .string()
    .regex(/^[^\p{Cc}\p{Surrogate}/\\]{1,200}$/u, "must be a file's name")
    .default("upload.csv")
    .describe("Where the leads come from, such as `fair.csv`."),
  delimiter: z.string().optional().describe("Found out unless told."),
  defaultCountry: z.string().max(100).optional().describe("Of phone numbers in national form."),
  mapping: mappingQuery.optional().describe("What becomes of columns, as JSON; as proposed unless told."),
});

const scoreQuery = z.coerce.number().min(0).max(100).optional();

const listQuery = z.strictObject({
  ...pageQuery,
  stage: stageSchema.optional(),
  source: z.string().min(1).max(500).optional(),
  search: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "Up to 8 words; each begins a word of the company's name or domain, or of the contact's name or e-mail address.",
    ),
  minScore: scoreQuery.describe("Of the newest qualification; leads without a score are left out."),
  maxScore: scoreQuery,
  order: z
    .enum(["stored", "score"])
    .optional()
    .describe("`score`: the highest first, without leads that have none. As stored unless told."),
});

export const leadRoutes: readonly Route[] = [
  route({
    ...{ method: "POST", path: "/leads/qualify", tag, permission: "leads:write", handlerMs: QUALIFY_MS },
    summary: "Qualifies a lead, or up to 100; stores those that are new, and the results",
    body: jsonBody(qualifyBody),
    answer: {
      description: "The result; of a list, one for each lead.",
      schema: z.union([qualifiedSchema, qualifiedManySchema]),
    },
    async handler(context) {
      const { body } = context;
      return "leads" in body ? { items: await qualifyMany(context, body.leads) } : qualifyOne(context, body);
    },
  }),
  route({
    ...{ method: "POST", path: "/leads/import", tag, permission: "leads:write", handlerMs: "none" },
    summary: "Imports a CSV file of leads, as it comes",
    query: importQuery,
    body: streamBody(["text/csv", "application/csv", "text/plain", "application/octet-stream"]),
    answer: {
      description:
        "What became of the rows. Where text/event-stream is accepted, it is told while it goes on: `progress` now and then, at its end " +
        "`imported`, or `failed` with a problem.",
      schema: importSchema,
    },
    handler: (context) => importBody(context, context.query),
  }),
  route({
    ...{ method: "GET", path: "/leads", tag, permission: "leads:read" },
    summary: "Leads with their newest scores, in the order in which they were stored, or by score",
    query: listQuery,
    answer: { description: "A page of leads.", schema: pageSchema(foundLeadSchema) },
    handler: ({ query: { after, limit, ...query }, stores, signal }) =>
      readPage({ after, limit }, (page) => searched(stores.leads.find(query, page, { signal }))),
  }),
  route({
    ...{ method: "GET", path: "/leads/{id}", tag, permission: "leads:read" },
    summary: "A lead with its latest results",
    params: idParams,
    answer: { description: "The lead.", schema: leadWithResultsSchema },
    async handler({ params: { id }, stores, signal }) {
      const lead = await need(stores.leads.get(id, { signal }), "lead", id);
      const kinds = ["qualification", "enrichment"] as const;
      const latest = await Promise.all(kinds.map((kind) => stores.results.latest(id, kind, { signal })));
      return { ...lead, results: latest.filter((result) => result !== undefined) };
    },
  }),
];

/** @throws `request.invalid` for a search of too many words. */
async function searched<Found>(reading: Promise<Found>): Promise<Found> {
  try {
    return await reading;
  } catch (error) {
    if (!SalesAgentError.is(error, "store.invalid") || error.facts.field !== "query.search") throw error;
    throw invalidRequest([{ path: "query.search", message: "must have at most 8 words" }]);
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
