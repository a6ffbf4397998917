import {
  type ErrorFacts,
  type Replay,
  SalesAgentError,
  type ServiceErrorFacts,
  systemClock,
} from "@salesagent/ports";
import { retryAfterMs } from "@salesagent/ports/http";
import { maskSecrets } from "../egress/secrets.js";

/** What a service's failures become. */
export type ServiceFailureCode = Extract<keyof ErrorFacts, `service.${string}`>;

/** What a failed call was. */
export interface FailedService {
  readonly service: string;
  readonly secrets: readonly string[];
}

const MAX_WORDS = 300;

/** What each failure asks of the reader. */
const ADVICE: Readonly<Record<ServiceFailureCode, string>> = {
  "service.auth": "Check its key.",
  "service.quota_exhausted": "Its quota or credit is used up.",
  "service.rate_limited": "Too many requests for now; wait and try again.",
  "service.refused": "The same request brings the same answer.",
  "service.unavailable": "Try again later.",
  "service.malformed_response": "Check its base URL.",
};

function codeOf(status: number): ServiceFailureCode {
  if (status === 401 || status === 403) return "service.auth";
  if (status === 402) return "service.quota_exhausted";
  if (status === 429) return "service.rate_limited";
  return status >= 500 || status === 408 ? "service.unavailable" : "service.refused";
}

/** The error that a status which is no success stands for. */
export function failureOfStatus(call: FailedService, response: Response, body: string): SalesAgentError {
  const { status, headers } = response;
  const { code: vendorCode, words } = readErrorWords(body);
  const requestId = headers.get("x-request-id") ?? undefined;
  const nowMs = Date.parse(headers.get("date") ?? "");
  const waitMs = retryAfterMs(headers, Number.isNaN(nowMs) ? systemClock.now() : nowMs);
  const facts = {
    status,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
  // a service that answers an error did not act, unless it broke down on the way
  return serviceFailure(call, codeOf(status), { facts, words, replay: status >= 500 ? "unsafe" : "safe" });
}

/** A failure in a service's own words. */
export function serviceFailure(
  { service, secrets }: FailedService,
  code: ServiceFailureCode,
  told: {
    readonly facts: Omit<ServiceErrorFacts, "service">;
    readonly words: string;
    readonly replay: Replay;
    readonly cause?: unknown;
  },
): SalesAgentError {
  const said = maskSecrets(told.words, secrets).replace(/\s+/g, " ").trim().slice(0, MAX_WORDS);
  const status = told.facts.status === undefined ? "" : ` (${told.facts.status})`;
  return new SalesAgentError(code, {
    message: `${service} failed${status}. ${ADVICE[code]}${said === "" ? "" : ` It says: ${said}`}`,
    facts: { service, ...told.facts },
    replay: told.replay,
    cause: told.cause,
  });
}

/** The code and the message of an error body: `{error:{code,message}}`, `{error}`, `{message}`, `{detail}`, or a text. */
function readErrorWords(body: string): { readonly code?: string; readonly words: string } {
  const outer = parseRecord(body);
  if (!outer) return { words: /^\s*</.test(body) ? "" : body };
  const inner = isRecord(outer["error"])
    ? outer["error"]
    : isRecord(outer["detail"])
      ? outer["detail"]
      : outer;
  const code = firstText(inner["error_code"], inner["code"], inner["status"], inner["type"], outer["error"]);
  const words = firstText(inner["message"], inner["title"], outer["error"], outer["detail"]) ?? "";
  return code === undefined ? { words } : { code: code.slice(0, 100), words };
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a service may answer an error in any format
    throw error;
  }
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
