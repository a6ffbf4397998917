import { z } from "zod";
import { invalidRequest, need } from "../request-errors.js";
import { route } from "../route.js";
import { idParams } from "./shared-schemas.js";

export const socketQuery = z.strictObject({ after: z.coerce.number().int().min(0).optional() });

/** Stands in the table for the WebSockets of `attachSockets`, which are let in by it. */
export const socketRoute = route({
  ...{ method: "GET", path: "/streams/{id}/socket", tag: "streams", permission: "runs:read" },
  summary:
    "The events of a stream by WebSocket, where the host has attached them; `{ type: stop }` asks for its end",
  params: idParams,
  query: socketQuery,
  answer: { description: "Only told by WebSocket: begin with an upgrade.", status: 204 },
  async handler({ principal: { tenant }, params: { id }, sales, signal }) {
    await need(sales.streams.get(tenant, id, { signal }), "stream", id);
    throw invalidRequest([
      { path: "headers.upgrade", message: "must be websocket, and the host must have attached WebSockets" },
    ]);
  },
});
