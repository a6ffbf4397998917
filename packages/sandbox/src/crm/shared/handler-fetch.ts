import { untilAborted } from "@salesagent/ports";
import { ConnectionLost, type CrmHandler } from "./crm-handler.js";

/**
 * A `fetch` that asks a handler, without a socket.
 *
 * @throws From the `fetch`: `TypeError` where the connection is lost, as Node's own does, and the caller's `signal.reason`.
 */
export function handlerFetch(handler: CrmHandler): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    // the request's own signal follows the caller's, but one turn late
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    try {
      return wholeOrBroken(await untilAborted(handler(request), signal ?? undefined));
    } catch (error) {
      throw error instanceof ConnectionLost ? brokenOff("fetch failed", "ECONNRESET") : error;
    }
  };
}

function wholeOrBroken(response: Response): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error instanceof ConnectionLost ? brokenOff("terminated", "UND_ERR_SOCKET") : error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** What Node's fetch throws for a connection that broke. */
function brokenOff(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error("other side closed"), { code }) });
}
