import type { IncomingMessage } from "node:http";
import type { Principal } from "@salesagent/core/access";
import { refuseForeignOrigin } from "../cross-site.js";
import { admit, nameOf, requestIdOf } from "../handle-request.js";
import { toRequest, toUrl } from "../node/to-request.js";
import { notePeerAddress } from "../peer-address.js";
import { problemReply } from "../problem-reply.js";
import type { Reply } from "../reply.js";
import { invalidRequest, need } from "../request-errors.js";
import { socketQuery, socketRoute } from "../routes/socket.js";
import type { ServerScope } from "../server-scope.js";
import { withTimeLimit } from "../time-limit.js";
import { queryOf, validate } from "../validate.js";

/** Whom a socket belongs to, and what it reads. */
export interface AdmittedSocket {
  readonly principal: Principal;
  readonly streamId: string;
  /** The number of the last event that is known. */
  readonly after: number;
  readonly requestId: string;
  /** To be called once it is over: it counts as open until then. */
  readonly release: () => void;
}

/** Why a socket is not let in, as the answer to its request. */
export interface RefusedSocket {
  readonly refusal: Reply;
}

/** Lets a WebSocket in by the rules of its route, and from pages of the host alone. Never rejects. */
export async function admitSocket(
  scope: ServerScope,
  incoming: IncomingMessage,
  streamId: string,
): Promise<AdmittedSocket | RefusedSocket> {
  const { errorDocs, onError } = scope;
  let requestId = "";
  try {
    const request = requestOf(incoming);
    requestId = requestIdOf(request, scope);
    return await letIn(scope, { request, requestId }, streamId);
  } catch (error) {
    const { reply, isFault } = problemReply(error, { requestId, errorDocs });
    if (isFault) onError(error, { requestId, route: nameOf(socketRoute) });
    return { refusal: reply };
  }
}

async function letIn(
  scope: ServerScope,
  about: { readonly request: Request; readonly requestId: string },
  streamId: string,
): Promise<AdmittedSocket> {
  const { clock, limits, sales } = scope;
  const limit = { name: nameOf(socketRoute), clock, limitMs: limits.handlerMs, caller: about.request.signal };
  return withTimeLimit(async (signal) => {
    const principal = await admit({ scope, route: socketRoute, ...about }, "runs:read", refuseForeignOrigin);
    const { id } = validate("params", socketRoute.params, { id: streamId }) as { readonly id: string };
    const { after = 0 } = validate("query", socketQuery, queryOf(about.request.url));
    const found = await need(sales.streams.get(principal.tenant, id, { signal }), "stream", id);
    await scope.syncs.settle(principal.tenant, found, { signal });
    const release = scope.connections.open(principal);
    return { principal, streamId: id, after, requestId: about.requestId, release };
  }, limit);
}

function requestOf(incoming: IncomingMessage): Request {
  const url = toUrl(incoming, incoming.url ?? "/");
  if (url === undefined) throw invalidRequest([{ path: "headers.host", message: "is no host" }]);
  const request = toRequest(incoming, { url, signal: new AbortController().signal });
  return notePeerAddress(request, incoming.socket.remoteAddress);
}
