import type { IncomingMessage, ServerResponse } from "node:http";
import type { SalesServer } from "../create-server.js";
import { answer } from "./answer.js";

/**
 * The routes for a server of Node, or of a framework that gives away its messages, such as Fastify.
 *
 * @example
 * ```ts
 * createServer(requestListener(server)).listen(3000);
 * ```
 */
export function requestListener(
  server: SalesServer,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return (incoming, outgoing) => answer(server, incoming, outgoing);
}
