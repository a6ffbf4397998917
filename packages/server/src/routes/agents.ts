import type { LiveAgent, LiveRunResult } from "@salesagent/core/live";
import { SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { EVENT_STREAM, followResponse } from "../follow-response.js";
import { notFound } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import { runPageSchema, runResultSchema, runSchema } from "./runs.js";
import { idSchema, jsonObjectSchema, jsonSchema, pageQuery, readPage, timeSchema } from "./shared-schemas.js";
import { invokeBody, startRun } from "./start-run.js";

const toolSchema = z.object({
  name: z.string(),
  description: z.string(),
  effect: z.enum(["none", "read", "write"]),
});

const agentSchema = z
  .object({
    name: z.string(),
    input: jsonObjectSchema.optional().describe("JSON Schema of what it takes, where it is known."),
    output: jsonObjectSchema.optional().describe("JSON Schema of what it gives, where it is known."),
    remembers: z
      .boolean()
      .optional()
      .describe(
        "Whether it has a memory: without one, each message of a thread is answered as if it were the first.",
      ),
    tools: z.array(toolSchema).optional(),
  })
  .meta({ id: "Agent" });

const threadSchema = z
  .object({
    threadId: z.string(),
    run: runSchema.partial().optional().describe("Its latest run."),
    messages: z
      .array(
        z.object({
          threadId: z.string(),
          index: z.number().int(),
          runId: z.string().optional(),
          message: jsonSchema,
          createdAt: timeSchema,
        }),
      )
      .describe("What was said last, oldest first."),
  })
  .meta({ id: "Thread" });

const tag = "agents";
const agentParams = z.strictObject({ agent: idSchema });
const threadParams = z.strictObject({ agent: idSchema, thread: idSchema });
const MOST_WAIT_MS = 120_000;

export const agentRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/agents", tag, permission: "agents:read" },
    summary: "The agents of the app",
    answer: { description: "All of them.", schema: z.object({ items: z.array(agentSchema) }) },
    handler: async ({ sales }) => ({ items: [...sales.agents.values()].map(describe) }),
  }),
  route({
    ...{ method: "POST", path: "/agents/{agent}/invoke", tag, permission: "agents:run" },
    handlerMs: MOST_WAIT_MS + 10_000,
    summary: "Runs an agent and waits for what comes of it; the run goes on when the wait is over",
    params: agentParams,
    body: jsonBody(
      invokeBody.extend({
        waitMs: z
          .number()
          .int()
          .min(0)
          .max(MOST_WAIT_MS)
          .default(25_000)
          .describe("How long to wait for the end."),
      }),
    ),
    answer: { description: "What it came to, or rests at.", schema: runResultSchema },
    otherwise: {
      status: 202,
      description: "It goes on: ask for it by its id.",
      schema: runResultSchema.pick({ id: true, status: true }),
    },
    handler: (context) => invoke(context),
  }),
  route({
    ...{ method: "POST", path: "/agents/{agent}/stream", tag, permission: "agents:run", handlerMs: "none" },
    summary:
      "Runs an agent and tells its events as they come; a reader that drops goes on with the stream of the same id",
    params: agentParams,
    body: jsonBody(invokeBody),
    answer: {
      description: "Server-sent events; `x-run-id` names the run and its stream.",
      mediaType: EVENT_STREAM,
    },
    async handler(context) {
      const { params, body, server } = context;
      const { id } = await startRun(context, { ...body, agent: params.agent });
      const location = `${server.prefix}/streams/${encodeURIComponent(id)}`;
      return followResponse(context, id, { headers: { "x-run-id": id, location } });
    },
  }),
  route({
    ...{ method: "GET", path: "/agents/{agent}/threads/{thread}", tag, permission: "runs:read" },
    summary: "A conversation as it stands",
    params: threadParams,
    answer: { description: "The thread.", schema: threadSchema },
    async handler({ principal: { tenant }, params: { agent, thread }, sales, signal }) {
      const state = await sales.runs.state(tenant, thread, { signal });
      if (!state || (state.run && state.run.name !== agent)) throw notFound("thread", thread);
      return state;
    },
  }),
  route({
    ...{ method: "GET", path: "/agents/{agent}/threads/{thread}/history", tag, permission: "runs:read" },
    summary: "The runs of an agent in a conversation, latest first; a page may hold fewer than its limit",
    params: threadParams,
    query: z.strictObject(pageQuery),
    answer: { description: "A page of runs.", schema: runPageSchema },
    async handler({ principal: { tenant }, params: { agent, thread }, query, sales, signal }) {
      const page = await readPage(query, (part) => sales.runs.history(tenant, thread, part, { signal }));
      return { ...page, items: page.items.filter(({ name }) => name === agent) };
    },
  }),
];

interface Describing {
  describe(): object;
}

/** What an agent says of itself, where it says more than its name. */
function describe(agent: LiveAgent): object {
  const { name } = agent;
  if (!("describe" in agent) || typeof agent.describe !== "function") return { name };
  return { ...(agent as Describing).describe(), name };
}

type Invoked = z.output<typeof invokeBody> & { readonly waitMs: number };

async function invoke(
  context: RouteContext<{ readonly agent: string }, unknown, Invoked>,
): Promise<Response | LiveRunResult> {
  const { principal, params, sales, signal } = context;
  const { waitMs, ...body } = context.body;
  const { id } = await startRun(context, { ...body, agent: params.agent });
  try {
    return await sales.runs.result(principal.tenant, id, { signal, timeoutMs: waitMs });
  } catch (error) {
    if (!SalesAgentError.is(error, "call.timed_out")) throw error;
    return Response.json({ id, status: "running" }, { status: 202 });
  }
}
