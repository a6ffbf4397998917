import type { StreamReader } from "@salesagent/core/live";
import { z } from "zod";
import type { Asked } from "./asked.js";
import { type EventSource, eventBody } from "./event-body.js";
import { streamFrames } from "./event-frames.js";
import { StreamReply } from "./reply.js";
import type { RouteContext } from "./route.js";
import { validate } from "./validate.js";

/** What is needed of a request to tell it a stream. */
export type Following = Pick<
  RouteContext<unknown, unknown, unknown>,
  "principal" | "sales" | "server" | "request"
>;

export const EVENT_STREAM = "text/event-stream";

export const STREAM_HEADERS = {
  "content-type": EVENT_STREAM,
  // Neither kept nor changed on its way; proxies that gather answers are asked not to.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/**
 * A stream as an answer that goes on until the stream ends or its reader leaves. The stream goes on by itself.
 *
 * @throws `access.limited` where the principal reads as many as it may.
 */
export function followResponse(
  { principal, sales, server, request }: Following,
  id: string,
  {
    after = 0,
    headers = {},
    frames = streamFrames,
  }: {
    readonly after?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly frames?: (reader: StreamReader, close: () => void) => EventSource;
  } = {},
): StreamReply {
  const close = server.connections.open(principal);
  const reader = sales.streams.follow(principal.tenant, id, { after, signal: request.signal });
  const { clock, limits } = server;
  const body = eventBody(frames(reader, close), {
    clock,
    heartbeatMs: limits.heartbeatMs,
    longestMs: limits.streamMs,
  });
  return new StreamReply(200, body, { ...STREAM_HEADERS, ...headers });
}

const position = z
  .string()
  .regex(/^\d{1,15}$/, "must be the number of an event")
  .transform(Number);

/** What a reader knows already: by `Last-Event-ID`, which browsers send when they connect again, or by `?after=`. */
export function positionOf(request: Asked, after: number | undefined): number {
  const told = request.headers.get("last-event-id");
  if (told === null || told === "") return after ?? 0;
  return validate("headers", z.object({ "last-event-id": position }), { "last-event-id": told })[
    "last-event-id"
  ];
}
