import { type LinkDraft, SalesAgentError, type StoredError } from "@salesagent/ports";
import { backoffMs } from "../resilience/backoff.js";
import { retryAfterOf } from "../resilience/retry-after.js";
import { type SyncContext, timeOf } from "./sync-context.js";

/** Time mends these. */
const TRANSIENT: ReadonlySet<string> = new Set([
  ...["service.rate_limited", "service.unavailable", "store.unavailable", "store.stale_revision"],
  ...["breaker.open", "bulkhead.full", "call.timed_out", "call.wait_too_long", "crm.not_found"],
]);
/** Time doesn't mend these, and another record brings the same. */
const FATAL: ReadonlySet<string> = new Set([
  ...["service.auth", "service.quota_exhausted", "credential.refused", "credential.not_found"],
  ...["credential.unreadable", "store.closed", "budget.exceeded"],
]);
/** The same record brings the same. */
const REFUSED: ReadonlySet<string> = new Set([
  ...["crm.field_invalid", "crm.unsupported", "crm.exists", "service.refused", "store.invalid"],
]);

/** What a failure means for the link that met it. */
export interface LinkFailure {
  readonly link: LinkDraft;
  /** A person has to look at it. */
  readonly isDead: boolean;
  readonly error: StoredError;
}

/** Whether a failure is that of the connection, so that no other record is worth a try. */
export function isFatal(error: unknown): boolean {
  return SalesAgentError.is(error) && FATAL.has(error.code);
}

/** Whether time may mend a failure. */
export function isTransientFailure(error: unknown): boolean {
  return SalesAgentError.is(error) && (TRANSIENT.has(error.code) || FATAL.has(error.code));
}

/**
 * A link after a failure: due again after a while, or put aside. What the CRM refuses is put aside at once, another failure after
 * `limits.attempts` in a row, and what time mends never.
 */
export function failLink(context: SyncContext, link: LinkDraft, error: SalesAgentError): LinkFailure {
  const failures = link.failures + 1;
  const stored = { code: error.code, message: error.message };
  const isDead =
    REFUSED.has(error.code) || (!isTransientFailure(error) && failures >= context.limits.attempts);
  const { dueAt: _dueAt, ...rest } = link;
  if (isDead) {
    const state = link.state === "unknown" || link.state === "creating" ? "unknown" : "held";
    return { link: { ...rest, failures, error: stored, state }, isDead, error: stored };
  }
  const dueAt = timeOf(context, waitAfter(context, failures, error));
  return { link: { ...rest, failures, error: stored, dueAt }, isDead, error: stored };
}

/** A link that is to be looked at again: at once, and after more and more time where that goes on. */
export function lookAgain(context: SyncContext, link: LinkDraft): LinkDraft {
  const failures = link.failures + 1;
  const waitMs = failures === 1 ? 0 : waitAfter(context, failures, undefined);
  return { ...link, failures, dueAt: timeOf(context, waitMs) };
}

/** Full jitter, and never less than what the CRM asks for. */
function waitAfter({ limits, random }: SyncContext, failures: number, error: unknown): number {
  const waitMs = backoffMs({
    ...{ attempt: failures, baseMs: limits.backoffMs, capMs: limits.backoffCapMs, random },
  });
  return Math.max(retryAfterOf(error) ?? 0, waitMs);
}
