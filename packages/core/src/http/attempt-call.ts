import type { SalesAgentError } from "@salesagent/ports";
import { retryAfterMs } from "@salesagent/ports/http";
import type { BreakerPermit } from "../resilience/breaker-permit.js";
import { retryAfterOf } from "../resilience/retry-after.js";
import { exchange, type Outgoing } from "./exchange.js";
import { ExchangeWatch } from "./exchange-watch.js";
import type { PreparedCall } from "./prepare-call.js";
import { takeLeave, tellBudget } from "./rate-leave.js";
import type { ReceivedAnswer } from "./received-answer.js";
import { type Credentials, NO_CREDENTIALS, readCredentials } from "./service-auth.js";
import { classifyServiceFailure } from "./service-breaker.js";
import type { ServiceSettings } from "./service-client-options.js";
import {
  type CalledService,
  type FailedAnswer,
  type FailureReading,
  failedAnswerOf,
  failureOfAnswer,
  rememberAnswer,
  serviceFailure,
} from "./service-failure.js";

/** After a wait this long, secrets that were read before it are read again. */
const STALE_MS = 1_000;
/** Leave that is used later than this is too old. */
const LATE_MS = 50;

/** One try of a call: breaker, credentials, rate budget, exchange. */
export async function attemptCall(
  settings: ServiceSettings,
  prepared: PreparedCall,
  attempt: number,
  signal: AbortSignal | undefined,
): Promise<ReceivedAnswer> {
  // What goes elsewhere says nothing of this service, and counts against none of its limits.
  const breaker = prepared.isAnonymous ? undefined : settings.breaker;
  await breaker?.prepare();
  if (breaker?.state === "open") breaker.acquire().forget();
  const { credentials, waitedMs } = await readyToSend(settings, prepared, signal);
  const permit = breaker?.acquire();
  const watch = new ExchangeWatch(settings, prepared, attempt, waitedMs);
  try {
    const answer = await sendWith(settings, prepared, credentials, signal);
    permit?.succeed();
    watch.answered(answer);
    return answer;
  } catch (error) {
    settle(permit, error, signal);
    watch.failed(error, signal?.aborted === true);
    throw error;
  }
}

/**
 * Credentials, and leave that still holds once they are there: a token that is refreshed after a long wait takes its time, and a call
 * that is sent late falls into another window than the one that it got leave in.
 */
async function readyToSend(
  settings: ServiceSettings,
  prepared: PreparedCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly credentials: Credentials; readonly waitedMs: number }> {
  const { auth, clock } = settings;
  const before = await credentialsFor(settings, prepared, signal);
  const waitedMs = await takeLeave(settings, prepared, signal);
  if (waitedMs <= STALE_MS) return { credentials: before, waitedMs };
  const leaveMs = clock.elapsed();
  const credentials = await credentialsFor(settings, prepared, signal);
  const isLate = auth?.type === "oauth" && clock.elapsed() - leaveMs > LATE_MS;
  return { credentials, waitedMs: waitedMs + (isLate ? await takeLeave(settings, prepared, signal) : 0) };
}

function credentialsFor(
  { service, auth }: ServiceSettings,
  { called, url, isAnonymous }: PreparedCall,
  signal: AbortSignal | undefined,
): Promise<Credentials> {
  if (isAnonymous) return Promise.resolve(NO_CREDENTIALS);
  return readCredentials(service, auth, { method: called.method, url: url.href }, signal);
}

async function sendWith(
  settings: ServiceSettings,
  prepared: PreparedCall,
  credentials: Credentials,
  signal: AbortSignal | undefined,
): Promise<ReceivedAnswer> {
  const answer = await exchange(outgoing(prepared, credentials), settings, signal);
  if (answer.status !== 401 || !(await isWorthAnother(settings, credentials, signal))) {
    return judge(settings, prepared, credentials, answer);
  }
  // A 401 is no work done, so that any call may be sent again; with another token, once.
  tellBudget(settings, prepared, answer);
  const renewed = await credentialsFor(settings, prepared, signal);
  await takeLeave(settings, prepared, signal);
  const second = await exchange(outgoing(prepared, renewed), settings, signal);
  return judge(settings, prepared, renewed, second);
}

function withSecrets(called: CalledService, { secrets }: Credentials): CalledService {
  return { ...called, secrets: [...called.secrets, ...secrets] };
}

/** The answer, where it is a success or was asked for; else it throws. */
function judge(
  settings: ServiceSettings,
  prepared: PreparedCall,
  credentials: Credentials,
  answer: ReceivedAnswer,
): ReceivedAnswer {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (isSuccess || prepared.passStatuses.includes(answer.status)) {
    tellBudget(settings, prepared, answer);
    return isSuccess ? sound(prepared, credentials, answer) : answer;
  }
  throw failureOf(settings, prepared, credentials, answer);
}

function outgoing({ called, url, headers, body, limits }: PreparedCall, credentials: Credentials): Outgoing {
  const signed = new URL(url);
  for (const [name, value] of Object.entries(credentials.query)) signed.searchParams.set(name, value);
  return {
    called: withSecrets(called, credentials),
    url: signed,
    headers: { ...headers, ...credentials.headers },
    body,
    limits,
  };
}

/** @throws SalesAgentError `service.malformed_response` when a success is not in the format that was asked for. */
function sound(prepared: PreparedCall, credentials: Credentials, answer: ReceivedAnswer): ReceivedAnswer {
  if (prepared.read !== "json" || answer.isEmpty || answer.isJson) return answer;
  throw serviceFailure(withSecrets(prepared.called, credentials), "service.malformed_response", {
    facts: {
      status: answer.status,
      ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
    },
    happened: "answered what is not JSON",
    words: answer.text(),
    replay: prepared.called.replay,
  });
}

async function isWorthAnother(
  { auth }: ServiceSettings,
  { token }: Credentials,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (auth?.type !== "oauth" || token === undefined) return false;
  return (await auth.tokens.refused?.(token, { signal })) ?? false;
}

function failureOf(
  settings: ServiceSettings,
  prepared: PreparedCall,
  credentials: Credentials,
  answer: ReceivedAnswer,
): SalesAgentError {
  const { called } = prepared;
  const { status, headers, rateFacts, requestId } = answer;
  const failed: FailedAnswer = {
    status,
    headers,
    rateFacts,
    requestId,
    method: called.method,
    route: called.route,
    retryAfterMs: askedWaitMs(answer, settings.clock.now()),
    body: () => answer.body(),
    text: () => answer.text(),
    bytes: () => answer.bytes(),
  };
  const reading = settings.classify(failed);
  const error =
    reading instanceof Error
      ? reading
      : failureOfAnswer(withSecrets(called, credentials), failed, settled(settings, failed, reading));
  rememberAnswer(error, failed);
  tellBudget(settings, prepared, answer, {
    waitMs: retryAfterOf(error),
    windows: reading instanceof Error ? undefined : reading?.windows,
  });
  return error;
}

/** Adds what the client's options know to what the adapter told. */
function settled(
  { retry }: ServiceSettings,
  { status, headers }: FailedAnswer,
  reading: FailureReading | undefined,
): FailureReading {
  const isTold = retry.unavailableIsNotProcessed && status === 503 && headers.has("retry-after");
  return isTold ? { notProcessed: true, ...reading } : (reading ?? {});
}

/** How long an answer asks to wait, in milliseconds: by its header, else until the limits that a 429 tells of are whole again. */
function askedWaitMs({ status, headers, rateFacts }: ReceivedAnswer, nowMs: number): number | undefined {
  // A date is meant by the service's own clock.
  const serviceMs = Date.parse(headers.get("date") ?? "");
  const told = retryAfterMs(headers, Number.isNaN(serviceMs) ? nowMs : serviceMs);
  if (told !== undefined || status !== 429) return told;
  const resets = rateFacts.flatMap(({ remaining, resetMs }) =>
    remaining === 0 && resetMs !== undefined ? [resetMs] : [],
  );
  return resets.length === 0 ? undefined : Math.max(...resets);
}

/** A service that refuses is well; a rate limit says nothing of that. */
function settle(permit: BreakerPermit | undefined, error: unknown, signal: AbortSignal | undefined): void {
  const status = failedAnswerOf(error)?.status;
  const isRefusal = status !== undefined && status < 500 && status !== 429;
  if (signal?.aborted) permit?.forget();
  else if (isRefusal && classifyServiceFailure(error).kind === "ignore") permit?.succeed();
  else permit?.fail(error);
}
