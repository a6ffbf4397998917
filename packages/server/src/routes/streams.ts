import { requirePermission } from "@salesagent/core/access";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { EVENT_STREAM, followResponse, positionOf } from "../follow-response.js";
import { need, notFound } from "../request-errors.js";
import { type Route, route } from "../route.js";
import {
  idParams,
  idSchema,
  pageQuery,
  pageSchema,
  readPage,
  storedErrorSchema,
  timeSchema,
} from "./shared-schemas.js";
import { startBody, startRun } from "./start-run.js";

const streamSchema = z
  .object({
    id: z.string(),
    source: z.string().describe("What tells, such as `agent:qualification`."),
    status: z.enum(["open", "completed", "failed", "cancelled"]),
    error: storedErrorSchema.optional(),
    threadId: z.string().optional(),
    leadId: z.string().optional(),
    startedBy: z.string().optional(),
    last: z.number().int().describe("The number of the last event."),
    stop: z.object({ by: z.string(), reason: z.string(), at: timeSchema }).optional(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .meta({ id: "Stream" });

const tag = "streams";
export const reasonBody = z
  .strictObject({ reason: z.string().min(1).max(500).default("asked for") })
  .prefault({});

export const streamRoutes: readonly Route[] = [
  route({
    ...{ method: "POST", path: "/streams", tag, permission: "agents:run" },
    summary: "Begins a run that goes on whoever reads it",
    body: jsonBody(startBody),
    answer: {
      status: 201,
      description: "The run's id; its stream has the same.",
      schema: z.object({ id: z.string() }),
    },
    async handler(context) {
      const { principal, body, server } = context;
      if ("workflow" in body) requirePermission(principal, "workflows:run");
      const { id } = await startRun(context, body);
      const location = `${server.prefix}/streams/${encodeURIComponent(id)}`;
      return Response.json({ id }, { status: 201, headers: { location } });
    },
  }),
  route({
    ...{ method: "GET", path: "/streams", tag, permission: "runs:read" },
    summary: "Streams, latest first",
    query: z.strictObject({
      ...pageQuery,
      source: idSchema.optional(),
      status: streamSchema.shape.status.optional(),
      threadId: idSchema.optional(),
      leadId: idSchema.optional(),
    }),
    answer: { description: "A page of streams.", schema: pageSchema(streamSchema) },
    async handler({ principal: { tenant }, query: { after, limit, ...filter }, sales, server, signal }) {
      const read = () =>
        readPage({ after, limit }, (part) => sales.streams.list(tenant, filter, part, { signal }));
      const found = await read();
      const mayDiffer = await server.syncs.settleAll(tenant, found.items, { signal });
      const page = mayDiffer ? await read() : found;
      return { ...page, items: page.items.map(toView) };
    },
  }),
  route({
    ...{ method: "GET", path: "/streams/{id}", tag, permission: "runs:read" },
    summary: "A stream as it stands",
    params: idParams,
    answer: { description: "The stream.", schema: streamSchema },
    async handler({ principal: { tenant }, params: { id }, sales, server, signal }) {
      const found = await need(sales.streams.get(tenant, id, { signal }), "stream", id);
      const mayDiffer = await server.syncs.settle(tenant, found, { signal });
      const settled = mayDiffer ? await sales.streams.get(tenant, id, { signal }) : undefined;
      return toView(settled ?? found);
    },
  }),
  route({
    ...{ method: "GET", path: "/streams/{id}/events", tag, permission: "runs:read", handlerMs: "none" },
    summary: "The events of a stream, as they come: each once, in order, after the one that is known",
    params: idParams,
    query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }),
    answer: { description: "Server-sent events; `end` is the last.", mediaType: EVENT_STREAM },
    async handler(context) {
      const { principal, params, query, sales, server, request, signal } = context;
      const after = positionOf(request, query.after);
      const { tenant } = principal;
      const found = await need(sales.streams.get(tenant, params.id, { signal }), "stream", params.id);
      await server.syncs.settle(tenant, found, { signal });
      return followResponse(context, params.id, { after });
    },
  }),
  route({
    ...{ method: "POST", path: "/streams/{id}/stop", tag, permission: "runs:cancel" },
    summary: "Asks what tells a stream to end",
    params: idParams,
    body: jsonBody(reasonBody),
    answer: {
      status: 202,
      description: "Whether it was running still.",
      schema: z.object({ stopping: z.boolean() }),
    },
    async handler({ principal: { tenant, id: by }, params: { id }, body: { reason }, sales, signal }) {
      const stream = await sales.streams.get(tenant, id, { signal });
      if (!stream) throw notFound("stream", id);
      const stopping =
        (await sales.runs.cancel(tenant, id, { by, reason, signal })) ||
        (await sales.streams.stop(tenant, id, { by, reason }, { signal }));
      return { stopping };
    },
  }),
];

/** What is ours alone stays out. */
function toView<Stream extends { readonly fence: number }>({
  fence: _,
  ...stream
}: Stream): Omit<Stream, "fence"> {
  return stream;
}
