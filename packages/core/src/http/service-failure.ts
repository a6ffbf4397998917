import { type ErrorFacts, type Replay, SalesAgentError, type ServiceErrorFacts } from "@salesagent/ports";
import { excerpt } from "./mask.js";
import type { ServiceAnswer } from "./service-request.js";

/** What a service's failures become. */
export type ServiceFailureCode = Extract<keyof ErrorFacts, `service.${string}`>;

/** An answer whose status is no success. */
export interface FailedAnswer extends ServiceAnswer {
  readonly method: string;
  /** The path without ids and query. */
  readonly route: string;
  /** How long the headers ask to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** What an adapter knows better about a failed answer. What it leaves out is found as usual. */
export interface FailureReading {
  readonly code?: ServiceFailureCode | undefined;
  /** The service's own code, verbatim. */
  readonly vendorCode?: string | undefined;
  /** The service's own words; secrets and addresses are taken out. */
  readonly words?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** True where the service certainly did nothing, so that a call which acts may be made again. */
  readonly notProcessed?: boolean | undefined;
  /** The budget's windows that a 429 is about; by default the shortest of the call's group. */
  readonly windows?: readonly string[] | undefined;
}

/** Reads a failed answer as its service means it: a reading, or an error of the family that is thrown as it is. */
export type FailureClassifier = (answer: FailedAnswer) => FailureReading | SalesAgentError | undefined;

/** Who was called, and how, for errors. */
export interface CalledService {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly replay: Replay;
  readonly secrets: readonly string[];
}

/** What each failure asks of the reader. */
const ADVICE: Readonly<Record<ServiceFailureCode, string>> = {
  "service.auth": "Check the credential and its scopes.",
  "service.quota_exhausted": "Its quota or credit is used up.",
  "service.rate_limited": "Too many requests for now; wait and try again.",
  "service.refused": "The same request brings the same answer.",
  "service.unavailable": "Try again later.",
  "service.malformed_response": "Check its base URL.",
};

const answers = new WeakMap<object, FailedAnswer>();

/** The answer behind an error of a client, with its whole body; it never is in logs. */
export function failedAnswerOf(error: unknown): FailedAnswer | undefined {
  return typeof error === "object" && error !== null ? answers.get(error) : undefined;
}

/** Keeps the answer that an error came from, for {@link failedAnswerOf}. */
export function rememberAnswer(error: object, answer: FailedAnswer): void {
  answers.set(error, answer);
}

/** The error that a failed answer stands for. */
export function failureOfAnswer(
  called: CalledService,
  answer: FailedAnswer,
  reading: FailureReading = {},
): SalesAgentError {
  const { status, requestId } = answer;
  const told = wordsOf(answer);
  const code = reading.code ?? codeOf(answer);
  const vendorCode = reading.vendorCode ?? told.vendorCode;
  const retryAfterMs = reading.retryAfterMs ?? answer.retryAfterMs;
  const notProcessed = reading.notProcessed ?? isNotProcessed(answer);
  return serviceFailure(called, code, {
    facts: {
      status,
      ...(vendorCode === undefined ? {} : { vendorCode: vendorCode.slice(0, 100) }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
    words: reading.words ?? told.words,
    replay: notProcessed ? "safe" : called.replay,
  });
}

/** A failure in the service's own words. */
export function serviceFailure(
  { service, method, route, secrets }: CalledService,
  code: ServiceFailureCode,
  told: {
    readonly facts?: Omit<ServiceErrorFacts, "service">;
    /** What happened, where no status says it. */
    readonly happened?: string;
    readonly words?: string;
    readonly replay: Replay;
    readonly cause?: unknown;
  },
): SalesAgentError {
  const { facts = {}, happened = `failed with status ${facts.status}`, words = "" } = told;
  const said = excerpt(words, secrets);
  return new SalesAgentError(code, {
    message: `${service}: ${method} ${route} ${happened}. ${ADVICE[code]}${said === "" ? "" : ` It says: ${said}`}`,
    facts: { service, ...facts },
    replay: told.replay,
    cause: told.cause,
  });
}

function codeOf(answer: FailedAnswer): ServiceFailureCode {
  const { status } = answer;
  // An API that speaks JSON sends no page: this is a wall in front of it, and the key is not what it refuses.
  if (isPage(answer) && status !== 401 && status !== 404 && status !== 429) return "service.unavailable";
  if (status === 401 || status === 403) return "service.auth";
  if (status === 402) return "service.quota_exhausted";
  if (status === 429) return "service.rate_limited";
  return status >= 500 || status === 408 || status === 423 || status === 425
    ? "service.unavailable"
    : "service.refused";
}

/** A refusal is no work done; behind a server's own failure, and where it gave up waiting, work may have been. */
function isNotProcessed({ status }: FailedAnswer): boolean {
  return status < 500 && status !== 408;
}

function isPage(answer: FailedAnswer): boolean {
  return (
    /\bhtml\b/i.test(answer.headers.get("content-type") ?? "") ||
    /^\s*<(?:!doctype|html)\b/i.test(answer.text().slice(0, 100))
  );
}

/** The code and the words of an error body, in the forms that services use. */
function wordsOf(answer: FailedAnswer): { readonly vendorCode?: string; readonly words: string } {
  const whole = answer.body();
  const body = firstOf(whole) ?? whole;
  if (!isRecord(body)) return { words: typeof body === "string" ? body : "" };
  const inner = firstRecord(body["error"], body["detail"], firstOf(body["errors"])) ?? body;
  const vendorCode = firstText(
    body["category"],
    body["error_code"],
    inner["error_code"],
    inner["errorCode"],
    inner["code"],
    inner["type"],
    inner["subCategory"],
    typeof body["error"] === "string" && /^\w+$/.test(body["error"]) ? body["error"] : undefined,
  );
  const words =
    firstText(
      body["message"],
      body["error_description"],
      body["error_message"],
      inner["message"],
      inner["title"],
      body["error"],
      body["detail"],
      firstOf(body["errors"]),
    ) ?? "";
  return vendorCode === undefined ? { words } : { vendorCode, words };
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

const firstRecord = (...values: readonly unknown[]) => values.find(isRecord);

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
