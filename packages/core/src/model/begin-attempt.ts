import type {
  AttemptGuard,
  AttemptPermit,
  AttemptPlan,
  AttemptPurpose,
  CallOptions,
  LanguageModel,
  ModelAttempt,
  ModelCallOptions,
  ModelRequest,
} from "@salesagent/ports";
import { attemptCeiling } from "./attempt-ceiling.js";

/** Tells the guards that let an attempt begin how it ended. */
export type EndAttempt = (attempt: ModelAttempt) => void | Promise<void>;

/** Error code of an attempt that was never made: a later guard refused it, or its caller left before it began. */
const REFUSED = "refused";

/** What guards are told of an attempt that was never made. */
export function refusedAttempt({ provider, modelId, purpose }: AttemptPlan): ModelAttempt {
  return {
    ...{ provider, modelId, purpose, errorCode: REFUSED },
    outcome: "aborted",
    usage: {},
    costUsd: 0,
    latencyMs: 0,
  };
}

/** Whether the attempt was never made: no vendor saw it. */
export function wasRefused({ outcome, errorCode }: ModelAttempt): boolean {
  return outcome === "aborted" && errorCode === REFUSED;
}

/** Describes one attempt to its guards. */
export function planAttempt(
  { provider, modelId, profile }: LanguageModel,
  request: ModelRequest,
  { scope = {} }: ModelCallOptions,
  purpose: AttemptPurpose,
): AttemptPlan {
  let ceiling: ReturnType<typeof attemptCeiling> | undefined;
  return {
    provider,
    modelId,
    profile,
    request,
    scope,
    purpose,
    ceiling: () => {
      ceiling ??= attemptCeiling(request, profile);
      return ceiling;
    },
  };
}

/**
 * Asks all guards, in order. Without one that answers by a promise, nothing is waited for.
 *
 * @throws What the first guard that refuses throws, after those before it were told that the attempt never was.
 */
export function beginAttempt(
  guards: readonly AttemptGuard[],
  plan: AttemptPlan,
  call: CallOptions,
): EndAttempt | Promise<EndAttempt> {
  const permits: AttemptPermit[] = [];
  for (const [index, guard] of guards.entries()) {
    let permit: AttemptPermit | Promise<AttemptPermit>;
    try {
      permit = guard.begin(plan, call);
    } catch (error) {
      return refuse(permits, plan, error);
    }
    if (isPromise(permit)) return beginRest(permits, permit, guards.slice(index + 1), plan, call);
    permits.push(permit);
  }
  return endAll(permits);
}

async function beginRest(
  permits: AttemptPermit[],
  asked: PromiseLike<AttemptPermit>,
  rest: readonly AttemptGuard[],
  plan: AttemptPlan,
  call: CallOptions,
): Promise<EndAttempt> {
  try {
    permits.push(await asked);
    for (const guard of rest) {
      const permit = guard.begin(plan, call);
      permits.push(isPromise(permit) ? await permit : permit);
    }
  } catch (error) {
    return refuse(permits, plan, error);
  }
  return endAll(permits);
}

async function refuse(permits: readonly AttemptPermit[], plan: AttemptPlan, error: unknown): Promise<never> {
  await endAll(permits)(refusedAttempt(plan));
  throw error;
}

function endAll(permits: readonly AttemptPermit[]): EndAttempt {
  return (attempt) => {
    const waits: Promise<void>[] = [];
    for (const permit of permits) {
      try {
        const wait = permit.end(attempt);
        if (wait instanceof Promise) waits.push(wait);
      } catch {
        // The contract of a permit: what it throws is lost, the answer is paid for by now.
      }
    }
    return waits.length > 1 ? Promise.allSettled(waits).then(() => {}) : waits[0]?.catch(() => {});
  };
}

/** Of whatever library or realm: a refusal that comes by a foreign promise must not pass for leave. */
function isPromise<T extends object>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | undefined)?.then === "function";
}
