import type { IncomingMessage, ServerResponse } from "node:http";
import type { SalesServer } from "../create-server.js";
import { notePeerAddress } from "../peer-address.js";
import { noteReparsedBody } from "../reparsed-body.js";
import { sendResponse } from "./send-response.js";
import { toRequest, toUrl } from "./to-request.js";

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

/** Answers a message of Node by the routes of a server. Never rejects. */
export async function answer(
  server: Pick<SalesServer, "fetch" | "scope">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target = incoming.url ?? "/", scheme, body, isReparsed }: AnswerOptions = {},
): Promise<void> {
  const caller = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) caller.abort();
  });
  const request = requestOf(incoming, { target, scheme, body, signal: caller.signal });
  if (!request) {
    outgoing.writeHead(400, { connection: "close" }).end();
    return;
  }
  if (isReparsed) noteReparsedBody(request);
  notePeerAddress(request, incoming.socket.remoteAddress);
  await sendResponse(await server.fetch(request), outgoing);
  // The answer came before the whole body: what is left of it is not waited for.
  if (!incoming.complete)
    server.scope.clock.schedule(LINGER_MS, () => incoming.complete || incoming.destroy());
}

function requestOf(
  incoming: IncomingMessage,
  {
    target,
    scheme,
    ...parts
  }: { readonly target: string; readonly scheme: string | undefined } & Omit<
    Parameters<typeof toRequest>[1],
    "url"
  >,
): Request | undefined {
  const url = toUrl(incoming, target, scheme);
  if (url === undefined) return undefined;
  try {
    return toRequest(incoming, { url, ...parts });
  } catch {
    return undefined; // such as TRACE
  }
}
