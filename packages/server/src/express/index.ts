import type { IncomingMessage, ServerResponse } from "node:http";
import { SalesAgentError } from "@salesagent/ports";
import type { SalesServer } from "../create-server.js";
import { answer } from "../node/answer.js";
import { parsedBody } from "./parsed-body.js";

/** What is needed of a request of Express, 4 or 5. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  /** Where the routes are mounted; empty for the app itself. */
  readonly baseUrl: string;
  /** Tells what a trusted proxy says, too. */
  readonly protocol: string;
  readonly body?: unknown;
  /** The bytes, where the host kept them. */
  readonly rawBody?: unknown;
}

/** A handler for `app.use`. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * The routes as a handler of Express, 4 or 5: by itself or below the path of the server's `prefix`. What is not below it is left to
 * the handlers that come after. Where `express.json()` comes before, parsed bodies are taken; webhooks need the bytes as they came.
 *
 * @example
 * ```ts
 * const server = createServer({ sales, authorize, prefix: "/sales" });
 * app.use("/sales", express(server));
 * ```
 */
export function express(server: SalesServer): ExpressHandler {
  const { prefix } = server.scope;
  return (request, response, next) => {
    const { originalUrl, baseUrl, protocol } = request;
    if (!fits(baseUrl, prefix)) return next(misplaced(baseUrl, prefix));
    if (!isBelow(originalUrl, prefix)) return next();
    void answer(server, request, response, {
      ...{ target: originalUrl, scheme: protocol },
      ...parsedBody(request),
    });
  };
}

/** Mounted above its prefix, or at it: what Express takes off the path, in any case of its letters, is a part of it. */
const fits = (baseUrl: string, prefix: string): boolean =>
  baseUrl === "" || `${prefix}/`.toLowerCase().startsWith(`${baseUrl}/`.toLowerCase());

function isBelow(target: string, prefix: string): boolean {
  const [path = ""] = target.split("?");
  return path === prefix || path.startsWith(`${prefix}/`);
}

function misplaced(baseUrl: string, prefix: string): SalesAgentError<"config.invalid"> {
  return new SalesAgentError("config.invalid", {
    message: `The routes are mounted below ${baseUrl}, and the server's prefix is ${prefix || "/"}: make it ${baseUrl}.`,
    facts: { option: "prefix" },
    replay: "safe",
  });
}
