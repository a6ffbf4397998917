import { type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { requireQuota } from "../quota.js";
import { invalidRequest, need, notFound } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import {
  idParams,
  idSchema,
  jsonObjectSchema,
  jsonSchema,
  pageQuery,
  pageSchema,
  readPage,
  storedErrorSchema,
  timeSchema,
} from "./shared-schemas.js";

const statusSchema = z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]);
const stopSchema = z.object({ by: z.string(), reason: z.string(), at: timeSchema });

const runSchema = z
  .object({
    runId: z.string(),
    workflow: z.string(),
    version: z.string(),
    status: statusSchema,
    error: storedErrorSchema.optional(),
    stop: stopSchema.optional(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .meta({ id: "WorkflowRun" });

const logSchema = z
  .object({
    workflow: z.string(),
    version: z.string().describe("The version that the run began with."),
    status: statusSchema,
    steps: z.array(z.looseObject({ node: z.string(), status: z.enum(["completed", "failed"]) })),
    open: z.array(z.string()).describe("Nodes that run, wait or failed."),
    on: z.array(z.looseObject({})).describe("What it waits for."),
    error: storedErrorSchema.optional(),
    stop: stopSchema.optional(),
  })
  .meta({ id: "WorkflowLog" });

const tag = "workflows";
const running = { method: "POST", tag, permission: "workflows:run" } as const;
const reading = { method: "GET", tag, permission: "workflows:read" } as const;

/** Runs of stored workflows. */
export const workflowRunRoutes: readonly Route[] = [
  route({
    ...{ ...running, path: "/workflows/{name}/run" },
    summary: "Begins a run, told as a stream of the same id",
    params: z.strictObject({ name: idSchema }),
    body: jsonBody(
      z
        .strictObject({
          input: jsonObjectSchema.default({}),
          version: idSchema.optional().describe("The active one unless told."),
          threadId: idSchema.optional(),
          leadId: idSchema.optional(),
        })
        .prefault({}),
    ),
    answer: {
      status: 202,
      description: "The run's id; its stream has the same.",
      schema: z.object({ id: z.string() }),
    },
    async handler(context) {
      const { principal, params, body, sales, server, signal } = context;
      await requireQuota(context);
      const { tenant, id: by } = principal;
      const request = { ...body, workflow: params.name, input: body.input as JsonObject, by };
      const { id } = await sales.runs.startWorkflow(tenant, request, { signal });
      const location = `${server.prefix}/streams/${encodeURIComponent(id)}`;
      return Response.json({ id }, { status: 202, headers: { location } });
    },
  }),
  route({
    ...{ ...reading, path: "/workflow-runs" },
    summary: "Runs of workflows, latest first; with a name a page may hold fewer than its limit",
    query: z.strictObject({ ...pageQuery, workflow: idSchema.optional(), status: statusSchema.optional() }),
    answer: { description: "A page of runs.", schema: pageSchema(runSchema) },
    handler: ({ principal: { tenant }, query: { after, limit, ...filter }, sales, signal }) =>
      readPage({ after, limit }, (page) => sales.workflows.runs({ ...filter, tenant, signal }, page)),
  }),
  route({
    ...{ ...reading, path: "/workflow-runs/{id}" },
    summary: "What a run has done step by step, and where it stands",
    params: idParams,
    answer: { description: "The log.", schema: logSchema },
    handler: (context) => logOf(context),
  }),
  route({
    ...{ ...running, path: "/workflow-runs/{id}/events/{event}" },
    summary: "Puts an event to a run that waits for it; approvals are decided by their own route",
    params: z.strictObject({ id: idSchema, event: idSchema }),
    body: jsonBody(jsonSchema),
    answer: { status: 204, description: "It was put to the run." },
    async handler(context) {
      const { principal, params, body, sales, signal } = context;
      // It would only wake the run, which believes the decision on record alone: say so before.
      if (params.event.startsWith("approval:")) {
        throw invalidRequest([{ path: "params.event", message: "is decided by POST /approvals/{id}" }]);
      }
      const { tenant } = principal;
      const payload = body as JsonValue;
      if (await sales.workflows.deliver(params.id, params.event, payload, { tenant, signal }))
        return undefined;
      throw await overOrUnknown(context);
    },
  }),
  route({
    ...{ method: "POST", path: "/workflow-runs/{id}/cancel", tag, permission: "runs:cancel" },
    summary: "Ends a run for good",
    params: idParams,
    body: jsonBody(z.strictObject({ reason: z.string().min(1).max(500).default("asked for") }).prefault({})),
    answer: { status: 204, description: "It ends, or has ended." },
    async handler(context) {
      const { principal, params, body, sales, signal } = context;
      const stop = { tenant: principal.tenant, by: principal.id, reason: body.reason, signal };
      // For a run that is told as a stream, `cancel` of the live runs ends both.
      const isStopped = await sales.runs.cancel(principal.tenant, params.id, stop);
      if (isStopped || (await sales.workflows.cancel(params.id, stop))) return undefined;
      throw await overOrUnknown(context);
    },
  }),
];

type Context = RouteContext<{ readonly id: string }, unknown, unknown>;

const logOf = ({ principal: { tenant }, params: { id }, sales, signal }: Context) =>
  need(sales.workflows.log(id, { tenant, signal }), "run of a workflow", id);

async function overOrUnknown({
  principal: { tenant },
  params: { id: runId },
  sales,
  signal,
}: Context): Promise<SalesAgentError> {
  const state = await sales.workflows.state(runId, { tenant, signal });
  if (!state) return notFound("run of a workflow", runId);
  const facts = { runId, status: state.status };
  return new SalesAgentError("flow.wrong_state", { message: "The run has ended.", facts, replay: "safe" });
}
