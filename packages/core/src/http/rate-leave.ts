import { SalesAgentError } from "@salesagent/ports";
import type { PreparedCall } from "./prepare-call.js";
import type { ReceivedAnswer } from "./received-answer.js";
import type { ServiceSettings } from "./service-client-options.js";
import { serviceFailure } from "./service-failure.js";

/**
 * Waits for the rate budget.
 *
 * @returns How long it waited, in milliseconds.
 * @throws SalesAgentError `service.rate_limited` with `retryAfterMs` where the wait is longer than allowed; nothing was sent.
 */
export async function takeLeave(
  { rateBudget, retry }: ServiceSettings,
  { called, group, priority, isAnonymous }: PreparedCall,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (rateBudget === undefined || isAnonymous) return 0;
  try {
    return await rateBudget.take({ group, priority, maxWaitMs: retry.maxWaitMs, signal });
  } catch (error) {
    if (!SalesAgentError.is(error, "call.wait_too_long")) throw error;
    const { waitMs } = error.facts;
    throw serviceFailure(called, "service.rate_limited", {
      facts: { retryAfterMs: waitMs },
      happened: `was not sent: its rate budget has room in ${waitMs} ms, and no more than ${retry.maxWaitMs} are allowed`,
      replay: "safe",
      cause: error,
    });
  }
}

/** Tells the rate budget what an answer said. */
export function tellBudget(
  { rateBudget }: ServiceSettings,
  { group, isAnonymous }: PreparedCall,
  { status, rateFacts }: ReceivedAnswer,
  refusal: { readonly waitMs?: number | undefined; readonly windows?: readonly string[] | undefined } = {},
): void {
  if (rateBudget === undefined || isAnonymous) return;
  rateBudget.learn({ group, facts: rateFacts, ...(status === 429 ? { refused: refusal } : {}) });
}
