import type { FailureReason } from "./fault.js";

/** A refusal in no vendor's words, for a vendor's renderer to put into its own. */
export interface Failure {
  readonly reason: FailureReason;
  /** @defaultValue the vendor's status for the reason */
  readonly status?: number;
  /** @defaultValue a message in the vendor's words */
  readonly message?: string;
  /** The request field at fault, where the vendor tells it. */
  readonly param?: string;
  /** The vendor's code, where the reason's usual one is not meant. */
  readonly code?: string;
  /** How long the vendor asks to wait, where its body tells it. */
  readonly retryAfterMs?: number;
  /** The model asked for, named in the body of a 404. */
  readonly model?: string;
}

/** The usual status of each reason, where a vendor has no other. */
export const USUAL_STATUS: Readonly<Record<FailureReason, number>> = {
  auth: 401,
  billing: 402,
  forbidden: 403,
  "not-found": 404,
  "too-large": 413,
  "bad-request": 400,
  unprocessable: 422,
  "rate-limit": 429,
  quota: 429,
  server: 500,
  "bad-gateway": 502,
  unavailable: 503,
  "gateway-timeout": 504,
  overloaded: 529,
  "context-length": 400,
  "content-filter": 400,
};

const REASON_BY_STATUS = new Map<number, FailureReason>([
  [400, "bad-request"],
  [401, "auth"],
  [402, "billing"],
  [403, "forbidden"],
  [404, "not-found"],
  [413, "too-large"],
  [422, "unprocessable"],
  [429, "rate-limit"],
  [500, "server"],
  [502, "bad-gateway"],
  [503, "unavailable"],
  [504, "gateway-timeout"],
  [529, "overloaded"],
]);

/** What a status usually means: an unknown 4xx is a bad request, the rest is the server's fault. */
export function reasonOfStatus(status: number): FailureReason {
  return REASON_BY_STATUS.get(status) ?? (status < 500 ? "bad-request" : "server");
}

/** What an edge in front of the vendor answers in place of JSON. */
export function errorPage(status: number): string {
  const title = status === 200 ? "Sign in" : `${status} ${status === 502 ? "Bad Gateway" : "Error"}`;
  return `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n<hr><center>simulated edge</center>\n</body>\n</html>\n`;
}
