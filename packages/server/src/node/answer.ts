import type { IncomingMessage, ServerResponse } from "node:http";
import type { SalesServer } from "../create-server.js";
import { noteReparsedBody } from "../reparsed-body.js";
import type { Reply } from "../reply.js";
import { shortWayOf } from "../short-way.js";
import { MessageRequest } from "./message-request.js";
import { sendReply } from "./send-reply.js";
import { toUrl } from "./to-request.js";

/** How a message that a host's own framework had first is answered. */
export interface AnswerOptions {
  /** The target of the message before the framework took something off it. @defaultValue the message's own */
  readonly target?: string | undefined;
  /** @defaultValue by the socket */
  readonly scheme?: string | undefined;
  /** The body, where it was read already. */
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  /** Whether these are other bytes than those that came. */
  readonly isReparsed?: boolean | undefined;
}

/** How long the rest of a body that nobody reads is let come before the connection is cut, in milliseconds. */
const LINGER_MS = 1_000;

/** Methods that are asked for without a `Request`. HEAD needs one; what no `Request` may have, such as TRACE, is none of them. */
const SHORT = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Answers a message of Node by the routes of a server. Never rejects. */
export async function answer(
  server: Pick<SalesServer, "fetch" | "scope">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target = incoming.url ?? "/", scheme, body, isReparsed }: AnswerOptions = {},
): Promise<void> {
  const url = toUrl(incoming, target, scheme);
  const request = url === undefined ? undefined : new MessageRequest(incoming, url, body);
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) request?.leave();
  });
  if (request && isReparsed) noteReparsedBody(request);
  const reply = request && (await replyTo(server, request));
  if (!reply) {
    outgoing.writeHead(400, { connection: "close" }).end();
    return;
  }
  await sendReply(reply, outgoing);
  // The answer came before the whole body: what is left of it is not waited for.
  if (incoming.complete || incoming.destroyed) return;
  server.scope.clock.schedule(LINGER_MS, () => incoming.complete || incoming.destroy());
}

/** @returns Nothing where no `Request` can be made of the message. */
function replyTo(server: Pick<SalesServer, "fetch">, message: MessageRequest): Promise<Reply> | undefined {
  const shortWay = SHORT.has(message.method) ? shortWayOf(server.fetch) : undefined;
  if (shortWay) return shortWay(message);
  let request: Request;
  try {
    request = message.toRequest();
  } catch {
    return undefined; // such as TRACE
  }
  return server.fetch(request);
}
