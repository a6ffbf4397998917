import { type JsonObject, SalesAgentError, type WorkflowRecord } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { need } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import { idSchema, jsonObjectSchema, pageQuery, pageSchema, readPage, timeSchema } from "./shared-schemas.js";

const workflowSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    active: z.boolean().describe("Whether new runs begin with it."),
    createdBy: z.string().optional(),
    note: z.string().optional(),
    createdAt: timeSchema,
  })
  .meta({ id: "Workflow" });

const wholeSchema = workflowSchema
  .extend({ definition: jsonObjectSchema })
  .meta({ id: "WorkflowWithDefinition" });

const nameParams = z.strictObject({ name: idSchema });
const versionParams = z.strictObject({ name: idSchema, version: idSchema });

const tag = "workflows";
const reading = { method: "GET", tag, permission: "workflows:read" } as const;
const writing = { method: "POST", tag, permission: "workflows:write" } as const;

/** Workflows that are stored, and their versions. */
export const workflowRoutes: readonly Route[] = [
  route({
    ...{ ...reading, path: "/workflows" },
    summary: "Workflows in all their versions, latest first",
    query: z.strictObject({ ...pageQuery, name: idSchema.optional(), active: z.stringbool().optional() }),
    answer: { description: "A page of versions.", schema: pageSchema(workflowSchema) },
    handler: (context) => {
      const { after, limit, ...filter } = context.query;
      return listed(context, filter, { after, limit });
    },
  }),
  route({
    ...{ ...reading, path: "/workflows/{name}" },
    summary: "The version that new runs begin with",
    params: nameParams,
    answer: { description: "The workflow.", schema: wholeSchema },
    handler: ({ principal: { tenant }, params: { name }, sales, signal }) =>
      need(sales.workflows.get(name, { tenant, signal }), "workflow", name),
  }),
  route({
    ...{ ...reading, path: "/workflows/{name}/versions" },
    summary: "The versions of a workflow, latest first",
    params: nameParams,
    query: z.strictObject(pageQuery),
    answer: { description: "A page of versions.", schema: pageSchema(workflowSchema) },
    async handler(context) {
      const { principal, params, query, sales, signal } = context;
      const { tenant } = principal;
      await need(sales.workflows.get(params.name, { tenant, signal }), "workflow", params.name);
      return listed(context, params, query);
    },
  }),
  route({
    ...{ ...reading, path: "/workflows/{name}/versions/{version}" },
    summary: "One version of a workflow",
    params: versionParams,
    answer: { description: "The version.", schema: wholeSchema },
    handler: ({ principal: { tenant }, params: { name, version }, sales, signal }) =>
      need(sales.workflows.get(name, { tenant, version, signal }), "workflow", `${name}@${version}`),
  }),
  route({
    ...{ ...writing, path: "/workflows" },
    summary: "Checks a definition and stores it. A version never changes: save another one",
    body: jsonBody(
      z.strictObject({
        definition: jsonObjectSchema,
        note: z.string().min(1).max(2_000).optional(),
        activate: z
          .boolean()
          .optional()
          .describe("Whether new runs begin with it. A first version always is."),
      }),
    ),
    answer: { status: 201, description: "The version that stands.", schema: wholeSchema },
    async handler(context) {
      const { body, server } = context;
      const saved = await save(context, body);
      const [name, version] = [encodeURIComponent(saved.name), encodeURIComponent(saved.version)];
      const location = `${server.prefix}/workflows/${name}/versions/${version}`;
      return Response.json(saved, { status: 201, headers: { location } });
    },
  }),
  route({
    ...{ ...writing, path: "/workflows/{name}/versions/{version}/activate" },
    summary: "Lets new runs begin with this version, also to go back to an older one",
    params: versionParams,
    answer: { description: "The version.", schema: wholeSchema },
    async handler({ principal: { tenant, id: by }, params: { name, version }, sales, signal }) {
      const find = () =>
        need(sales.workflows.get(name, { tenant, version, signal }), "workflow", `${name}@${version}`);
      await find();
      await sales.workflows.activate(name, version, { tenant, by, signal });
      return find();
    },
  }),
];

type Context = RouteContext<unknown, unknown, unknown>;

async function listed(
  { principal: { tenant }, sales, signal }: Context,
  filter: { readonly name?: string | undefined; readonly active?: boolean | undefined },
  page: { readonly after?: string | undefined; readonly limit?: number | undefined },
) {
  const read = (part: typeof page) => sales.workflows.list({ ...filter, tenant, signal }, part);
  const { items, ...rest } = await readPage(page, read);
  return { ...rest, items: items.map(({ definition: _, ...item }) => item) };
}

/** @throws `graph.invalid` whose issues name places of the body. */
async function save(
  { principal: { tenant, id: by }, sales, signal }: Context,
  body: {
    readonly definition: Record<string, unknown>;
    readonly note?: string | undefined;
    readonly activate?: boolean | undefined;
  },
): Promise<WorkflowRecord> {
  const { definition, note, activate } = body;
  try {
    return await sales.workflows.save(definition as JsonObject, { tenant, by, note, activate, signal });
  } catch (error) {
    if (!SalesAgentError.is(error, "graph.invalid")) throw error;
    const issues = error.facts.issues.map(({ path, message }) => ({
      path: ["body.definition", path].filter(Boolean).join("."),
      message,
    }));
    throw new SalesAgentError("graph.invalid", {
      ...{ message: error.message, facts: { ...error.facts, issues }, replay: "safe", cause: error },
    });
  }
}
