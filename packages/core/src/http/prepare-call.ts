import type { ExchangeLimits } from "./exchange.js";
import { type EncodedBody, encodeBody } from "./request-body.js";
import { requestUrl, routeOf } from "./request-url.js";
import { lowerNames, resolveLimits, type ServiceSettings } from "./service-client-options.js";
import { type CalledService, serviceFailure } from "./service-failure.js";
import type { ServiceRequest } from "./service-request.js";

/** A call that is checked and encoded: what stays the same in each of its tries. */
export interface PreparedCall {
  readonly called: CalledService;
  readonly url: URL;
  /** Those of the client and the call, not yet of its credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EncodedBody;
  readonly limits: ExchangeLimits;
  readonly priority: "interactive" | "bulk";
  readonly group: string | undefined;
  readonly passStatuses: readonly number[];
  readonly read: "json" | "text" | "bytes";
  readonly isAnonymous: boolean;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/**
 * @throws TypeError or RangeError for a request that makes no sense; SalesAgentError `service.refused` for a body that is
 *   larger than allowed.
 */
export function prepareCall<T>(settings: ServiceSettings, request: ServiceRequest<T>): PreparedCall {
  const { method, path, query, anonymous = false, read = "json" } = request;
  if (!METHODS.has(method))
    throw new TypeError(`serviceClient: method must be one of ${[...METHODS].join(", ")}`);
  const isRead = method === "GET" || method === "HEAD";
  const body = encodeBody(request);
  if (isRead && body.content !== undefined) throw new TypeError(`serviceClient: ${method} takes no body`);
  const url = requestUrl(settings.baseUrl, path, query, anonymous);
  const called: CalledService = {
    service: settings.service,
    method,
    route: routeOf(url),
    replay: request.replay ?? (isRead ? "safe" : "unsafe"),
    secrets: [...(request.secrets ?? []), ...namedSecrets(request)],
  };
  const limits = resolveLimits(request.limits, settings.limits);
  checkSize(called, body, limits);
  return {
    called,
    url,
    headers: {
      accept: read === "json" ? "application/json" : "*/*",
      "user-agent": "salesagent",
      ...(body.contentType === undefined ? {} : { "content-type": body.contentType }),
      ...(anonymous ? {} : settings.headers),
      ...lowerNames(request.headers ?? {}),
    },
    body,
    limits,
    priority: request.priority ?? "interactive",
    group: request.group,
    passStatuses: request.passStatuses ?? [],
    read,
    isAnonymous: anonymous,
  };
}

/** Names of headers and query fields that hold secrets, wherever an adapter puts them. */
const SECRET_NAME = /key|token|secret|auth|passw|signature|cookie/i;

function namedSecrets<T>({ headers = {}, query = {} }: ServiceRequest<T>): string[] {
  return [...Object.entries(headers), ...Object.entries(query)].flatMap(([name, value]) =>
    SECRET_NAME.test(name) && typeof value === "string" ? [value, ...value.split(" ").slice(1)] : [],
  );
}

function checkSize(
  called: CalledService,
  { sizeBytes }: EncodedBody,
  { requestBytes }: ExchangeLimits,
): void {
  if (sizeBytes <= requestBytes) return;
  throw serviceFailure(called, "service.refused", {
    happened: `was not sent: its body has ${sizeBytes} bytes, and no more than ${requestBytes} are allowed; send less at once, or raise limits.requestBytes`,
    replay: "safe",
  });
}
