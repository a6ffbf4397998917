import { type Clock, wait } from "@salesagent/ports";
import type { CrmFault, CrmFaults } from "./crm-fault.js";
import { ConnectionLost, type CrmHandler } from "./crm-handler.js";
import { jsonAnswer } from "./json-answer.js";

/** How faults are played. */
export interface FaultOptions {
  readonly faults: CrmFaults;
  readonly clock: Clock;
  /** The CRM's own 429. @defaultValue a bare one, with `retry-after` where seconds are given */
  readonly rateLimited?: (request: Request, retryAfterSeconds: number | undefined) => Response;
}

const PAGE =
  "<!DOCTYPE html><html><head><title>Access denied</title></head><body>Access denied</body></html>";

/** A handler whose requests fail as planned. */
export function withFaults(handler: CrmHandler, options: FaultOptions): CrmHandler {
  return async (request) => {
    const url = new URL(request.url);
    const fault = options.faults.take({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      bodyText: await request.clone().text(),
    });
    return fault === undefined ? handler(request) : playFault(fault, request, handler, options);
  };
}

async function playFault(
  fault: CrmFault,
  request: Request,
  handler: CrmHandler,
  { clock, rateLimited = bareRateLimited }: FaultOptions,
): Promise<Response> {
  switch (fault.type) {
    case "lost":
      if (fault.when === "after") await handler(request);
      throw new ConnectionLost();
    case "status":
      return statusAnswer(fault);
    case "rate-limited":
      return rateLimited(request, fault.retryAfterSeconds);
    case "html":
      return new Response(PAGE, { status: fault.status ?? 403, headers: { "content-type": "text/html" } });
    case "cut-body":
      return cutBody(await handler(request), fault.afterBytes, fault.clean ?? false);
    case "slow": {
      if (fault.when === "before") await wait(clock, fault.delayMs, request.signal);
      const answer = await handler(request);
      if (fault.when === "after") await wait(clock, fault.delayMs, request.signal);
      return answer;
    }
    case "silence":
      if (fault.when === "after") await handler(request);
      return new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
      });
  }
}

function statusAnswer({ status, headers, body }: Extract<CrmFault, { type: "status" }>): Response {
  if (body === undefined) return new Response(null, { status, headers: { ...headers } });
  if (typeof body === "string") return new Response(body, { status, headers: { ...headers } });
  return jsonAnswer(body, status, headers);
}

function bareRateLimited(_request: Request, retryAfterSeconds: number | undefined): Response {
  const headers =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterSeconds)) };
  return jsonAnswer({ error: "Too many requests" }, 429, headers);
}

async function cutBody(response: Response, afterBytes: number, clean: boolean): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  const head = bytes.subarray(0, afterBytes);
  if (clean) return new Response(head, { status: response.status, headers });
  headers.set("content-length", String(bytes.length));
  let begun = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (begun || head.length === 0) controller.error(new ConnectionLost());
      else controller.enqueue(head.slice());
      begun = true;
    },
  });
  return new Response(body, { status: response.status, headers });
}
