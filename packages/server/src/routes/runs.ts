import type { LiveRunView } from "@salesagent/core/live";
import { type JsonValue, type RunRecord, SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { invalidRequest, need } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import { readTrace, traceSchema } from "./run-trace.js";
import {
  idParams,
  idSchema,
  jsonSchema,
  pageQuery,
  pageSchema,
  readPage,
  storedErrorSchema,
  timeSchema,
} from "./shared-schemas.js";
import { reasonBody } from "./streams.js";

const runStatusSchema = z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]);

const waitSchema = z.looseObject({});
const waitingApproval = z.object({ approvalId: z.string(), tool: z.string() });

const runSummarySchema = z
  .object({
    id: z.string(),
    kind: z.enum(["agent", "workflow", "graph"]),
    name: z.string().describe("The agent's, the workflow's or the graph's name."),
    version: z.string().optional(),
    status: runStatusSchema,
    error: storedErrorSchema.optional(),
    stop: z.object({ by: z.string(), reason: z.string(), at: timeSchema }).optional(),
    threadId: z.string().optional(),
    leadId: z.string().optional().describe("The lead that it is about; in lists, of an agent's run alone."),
    costUsd: z.number().optional().describe("Absent when a price is unknown, or nothing is on record yet."),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .meta({ id: "RunSummary" });

export const runSchema = z
  .object({
    ...runSummarySchema.shape,
    streamId: z.string().optional(),
    startedBy: z.string().optional(),
    input: jsonSchema.optional(),
    output: jsonSchema.optional(),
    waitsFor: z.array(waitSchema),
    approvals: z.array(waitingApproval),
    runIds: z.array(z.string()).describe("Runs on record that it was made of."),
  })
  .meta({ id: "Run" });

export const runPageSchema = pageSchema(runSummarySchema);

/** What a run came to, or rests at. */
export const runResultSchema = z
  .object({
    id: z.string(),
    status: runStatusSchema,
    output: jsonSchema.optional(),
    error: storedErrorSchema.optional(),
    waitsFor: z.array(waitSchema).optional(),
    approvals: z.array(waitingApproval).optional(),
    stop: z.object({ by: z.string(), reason: z.string(), at: timeSchema }).optional(),
  })
  .meta({ id: "RunResult" });

const tag = "runs";
type Context<Body> = RouteContext<{ readonly id: string }, unknown, Body>;

export const runRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/runs", tag, permission: "runs:read" },
    summary: "Durable runs, latest first; with a filter a page may hold fewer than its limit",
    query: z.strictObject({
      ...pageQuery,
      agent: idSchema.optional(),
      workflow: idSchema.optional(),
      status: runStatusSchema.optional(),
      threadId: idSchema.optional(),
    }),
    answer: { description: "A page of runs.", schema: runPageSchema },
    handler: ({ principal, query: { after, limit, ...filter }, sales, signal }) =>
      readPage({ after, limit }, (page) => sales.runs.list(principal.tenant, filter, page, { signal })),
  }),
  route({
    ...{ method: "GET", path: "/runs/{id}", tag, permission: "runs:read" },
    summary: "A run as it stands",
    params: idParams,
    answer: { description: "The run.", schema: runSchema },
    handler: (context) => findRun(context),
  }),
  route({
    ...{ method: "GET", path: "/runs/{id}/trace", tag, permission: "runs:read" },
    summary: "What a run did: its steps, and every attempt at a model with what it cost",
    params: idParams,
    answer: { description: "The trace.", schema: traceSchema },
    async handler(context) {
      const { id, runIds } = await findRun(context);
      return { id, runs: await readTrace(context.stores, runIds, context.signal) };
    },
  }),
  route({
    ...{ method: "POST", path: "/runs/{id}/cancel", tag, permission: "runs:cancel" },
    summary: "Ends a run for good",
    params: idParams,
    body: jsonBody(reasonBody),
    answer: {
      status: 202,
      description: "Whether it was running still.",
      schema: z.object({ stopping: z.boolean() }),
    },
    async handler({ principal: { tenant, id: by }, params: { id }, body: { reason }, sales, signal }) {
      await need(sales.runs.get(tenant, id, { signal }), "run", id);
      return { stopping: await sales.runs.cancel(tenant, id, { by, reason, signal }) };
    },
  }),
  route({
    ...{ method: "POST", path: "/runs/{id}/resume", tag, permission: "agents:run" },
    summary: "Answers what a run waits for; approvals are decided by their own route",
    params: idParams,
    body: jsonBody(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .max(400)
          .optional()
          .describe("What it waits for; the only thing, where there is one."),
        answer: jsonSchema,
      }),
    ),
    answer: {
      status: 202,
      description: "The answer was put to the run.",
      schema: z.object({ name: z.string() }),
    },
    handler: (context) => answerRun(context),
  }),
  route({
    ...{ method: "POST", path: "/runs/{id}/retry", tag, permission: "agents:run" },
    summary: "Goes on with a run that failed; what is done is not done again",
    params: idParams,
    answer: {
      status: 202,
      description: "The same run, told in a new stream.",
      schema: z.object({ id: z.string(), streamId: z.string() }),
    },
    async handler({ principal: { tenant, id: by }, params: { id }, sales, signal }) {
      await need(sales.runs.get(tenant, id, { signal }), "run", id);
      return sales.runs.retry(tenant, id, { by, signal });
    },
  }),
];

/** A durable run, or one on record that an agent made by itself. */
async function findRun({
  principal,
  params: { id },
  sales,
  stores,
  signal,
}: Context<unknown>): Promise<LiveRunView> {
  const live = await sales.runs.get(principal.tenant, id, { signal });
  if (live) return live;
  return toView(await need(stores.runs.get(id, { signal }), "run", id));
}

function toView(record: RunRecord): LiveRunView {
  const { id, agent, status, error, threadId, leadId, input, output, costUsd, startedAt, finishedAt } =
    record;
  return {
    ...{ id, kind: "agent", name: agent, status, input, waitsFor: [], approvals: [], runIds: [id] },
    ...(error && { error }),
    ...(threadId !== undefined && { threadId }),
    ...(leadId !== undefined && { leadId }),
    ...(output !== undefined && { output }),
    ...(costUsd !== undefined && { costUsd }),
    createdAt: startedAt,
    updatedAt: finishedAt ?? startedAt,
  };
}

async function answerRun({
  principal: { tenant },
  params: { id },
  body: { name, answer },
  sales,
  signal,
}: Context<{ readonly name?: string | undefined; readonly answer: JsonValue }>): Promise<{
  readonly name: string;
}> {
  const run = await need(sales.runs.get(tenant, id, { signal }), "run", id);
  const names = run.waitsFor.flatMap((wait) =>
    "name" in wait && typeof wait.name === "string" ? [wait.name] : [],
  );
  const approvals = new Set(run.approvals.map(({ approvalId }) => `approval:${approvalId}`));
  const open = names.filter((each) => !approvals.has(each));
  const [only] = open;
  const chosen = name ?? (open.length === 1 ? only : undefined);
  // An approval's own event would wake the run, which believes the decision on record alone: say so before.
  if (chosen === undefined || approvals.has(chosen)) {
    const message =
      open.length > 1
        ? `must be one of ${open.join(", ")}`
        : "the run waits for nothing that can be answered";
    throw invalidRequest([{ path: "body.name", message }]);
  }
  if (await sales.runs.answer(tenant, id, chosen, answer, { signal })) return { name: chosen };
  throw new SalesAgentError("flow.wrong_state", {
    message: "The run has ended.",
    facts: { runId: id, status: run.status },
    replay: "safe",
  });
}
