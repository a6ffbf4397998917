import { type ErrorCode, type IssueFact, type JsonObject, SalesAgentError } from "@salesagent/ports";

/** What a refusal or a failure is told as (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The error's code, such as `request.invalid`. */
  readonly code: string;
  /** What is wrong with the request, place by place, such as `body.domain`. */
  readonly issues?: readonly IssueFact[];
  /** What else a client can act on. */
  readonly facts?: JsonObject;
  /** The request's id. */
  readonly instance: string;
}

type Told = readonly [status: number, title: string];

const BAD_REQUEST: Told = [400, "The request is not valid"];
const NOT_FOUND: Told = [404, "Not found"];
const CONFLICT: Told = [409, "Not possible as things stand"];
const UNPROCESSABLE: Told = [422, "This can't be worked on"];
const INTERNAL: Told = [500, "Something failed here"];
const UPSTREAM: Told = [502, "A service behind this one failed"];
const UNAVAILABLE: Told = [503, "Not available just now"];
const TOO_SLOW: Told = [504, "It took too long"];
const TOO_MANY: Told = [429, "Too many requests"];

/** What each code is told as. Settings, keys and services of the host are none of the caller's fault: never a 4xx. */
const TOLD: Readonly<Record<ErrorCode, Told>> = {
  "access.unauthenticated": [401, "Who asks is not known"],
  "access.denied": [403, "Not allowed"],
  "access.cross_site": [403, "Not allowed from another site"],
  "access.limited": TOO_MANY,
  "request.invalid": BAD_REQUEST,
  "request.too_large": [413, "The body is too large"],
  "request.timed_out": [408, "The body did not come in time"],
  "request.unknown_route": NOT_FOUND,
  "agent.unknown": NOT_FOUND,
  "agent.input_invalid": BAD_REQUEST,
  "agent.step_limit": UNPROCESSABLE,
  "store.not_found": NOT_FOUND,
  "store.stale_revision": CONFLICT,
  "store.invalid": UNPROCESSABLE,
  "store.unavailable": UNAVAILABLE,
  "store.closed": UNAVAILABLE,
  "stream.unknown": NOT_FOUND,
  "stream.overrun": UNAVAILABLE,
  "approval.required": CONFLICT,
  "approval.invalid": CONFLICT,
  "flow.wrong_state": CONFLICT,
  "flow.fenced": CONFLICT,
  "graph.invalid": UNPROCESSABLE,
  "graph.recursion_limit": UNPROCESSABLE,
  "graph.state_invalid": UNPROCESSABLE,
  "graph.conflicting_writes": INTERNAL,
  "graph.join_stalled": INTERNAL,
  "graph.node_failed": INTERNAL,
  "graph.node_timed_out": TOO_SLOW,
  "graph.step_conflict": INTERNAL,
  "graph.stopped": CONFLICT,
  "graph.version_unknown": CONFLICT,
  "graph.migration_refused": CONFLICT,
  "intake.unreadable": UNPROCESSABLE,
  "intake.mapping_invalid": UNPROCESSABLE,
  "transcript.invalid": UNPROCESSABLE,
  "memory.context_full": UNPROCESSABLE,
  "handoff.unknown_agent": UNPROCESSABLE,
  "handoff.too_deep": UNPROCESSABLE,
  "handoff.failed": INTERNAL,
  "tool.input_invalid": UNPROCESSABLE,
  "tool.output_invalid": INTERNAL,
  "tool.output_too_large": INTERNAL,
  "tool.timed_out": TOO_SLOW,
  "tool.failed": INTERNAL,
  "tool.unknown": UNPROCESSABLE,
  "tool.changed": CONFLICT,
  "tool.effect_unguarded": INTERNAL,
  "effect.unknown": CONFLICT,
  "effect.in_progress": CONFLICT,
  "effect.refused": CONFLICT,
  "sync.braked": CONFLICT,
  "sync.mapping_invalid": INTERNAL,
  "budget.exceeded": [402, "The budget is used up"],
  "budget.unscoped": INTERNAL,
  "breaker.open": UNAVAILABLE,
  "bulkhead.full": UNAVAILABLE,
  "call.timed_out": TOO_SLOW,
  "call.wait_too_long": UNAVAILABLE,
  "router.no_candidate": UNAVAILABLE,
  "router.exhausted": UNAVAILABLE,
  "job.invalid": UNPROCESSABLE,
  "job.unavailable": UNAVAILABLE,
  "http.blocked": UNPROCESSABLE,
  "crm.exists": CONFLICT,
  "crm.not_found": NOT_FOUND,
  "crm.field_invalid": UNPROCESSABLE,
  "crm.unsupported": UNPROCESSABLE,
  "crm.walk_incomplete": UPSTREAM,
  "crm.webhook_refused": [401, "The request is not proved to be the CRM's"],
  "credential.not_found": CONFLICT,
  "credential.refused": CONFLICT,
  "credential.unreadable": INTERNAL,
  "service.auth": UPSTREAM,
  "service.quota_exhausted": UNAVAILABLE,
  "service.rate_limited": UNAVAILABLE,
  "service.refused": UPSTREAM,
  "service.unavailable": UPSTREAM,
  "service.malformed_response": UPSTREAM,
  "model.auth": UPSTREAM,
  "model.quota_exhausted": UNAVAILABLE,
  "model.rate_limited": UNAVAILABLE,
  "model.overloaded": UNAVAILABLE,
  "model.server_error": UPSTREAM,
  "model.not_found": UPSTREAM,
  "model.bad_request": UPSTREAM,
  "model.context_length": UNPROCESSABLE,
  "model.content_filtered": UNPROCESSABLE,
  "model.unreachable": UPSTREAM,
  "model.timed_out": TOO_SLOW,
  "model.stream_cut": UPSTREAM,
  "model.malformed_response": UPSTREAM,
  "model.malformed_tool_call": UPSTREAM,
  "model.output_truncated": UPSTREAM,
  "model.output_invalid": UPSTREAM,
  "config.invalid": INTERNAL,
};

/** Facts that a client can act on; others are for the operator's log. */
const TOLD_FACTS = [
  "permission",
  "problem",
  "retryAfterMs",
  "limitBytes",
  "limitMs",
  "allowed",
  "known",
  "status",
  "field",
  "row",
  "resetsAt",
  "retryAt",
] as const;

/** What makes a problem of an error. */
export interface ProblemInit {
  readonly requestId: string;
  /** Where codes are explained; the code is put behind it. */
  readonly errorDocs: string;
}

/** A problem as it is sent, and whether the operator has to hear of it. */
export interface ToldProblem {
  readonly problem: Problem;
  readonly isFault: boolean;
}

/** Tells an error. Of one that is not of the family nothing but that it happened: its text may hold anything. */
export function toProblem(error: unknown, { requestId, errorDocs }: ProblemInit): ToldProblem {
  if (!SalesAgentError.is(error)) {
    const [status, title] = INTERNAL;
    const problem = { type: `${errorDocs}internal`, title, status, code: "internal", instance: requestId };
    return { problem, isFault: true };
  }
  const [status, title] = statusOf(error);
  const isFault = status >= 500;
  const facts = factsOf(error.facts);
  const issues = "issues" in error.facts ? error.facts.issues : undefined;
  const problem: Problem = {
    ...{ type: `${errorDocs}${error.code}`, title, status, code: error.code },
    ...(status !== 500 && { detail: error.message }),
    ...(issues && !isFault && { issues: issues.slice(0, 100) }),
    ...(Object.keys(facts).length > 0 && !isFault && { facts }),
    instance: requestId,
  };
  return { problem, isFault };
}

/** Whether an error is told as the caller's: 4xx. */
export const isRefusal = (error: unknown): boolean => SalesAgentError.is(error) && statusOf(error)[0] < 500;

/** The status of an error's code. */
function statusOf({ code, facts }: SalesAgentError): Told {
  // A code of a newer copy of the family than this one knows.
  const told: Told | undefined = TOLD[code];
  if (code === "request.unknown_route" && "allowed" in facts && facts.allowed.length > 0) {
    return [405, "Not with this method"];
  }
  // What another tenant's approval would be told as, too.
  if (code === "approval.invalid" && "problem" in facts && facts.problem === "unknown") return NOT_FOUND;
  return told ?? INTERNAL;
}

function factsOf(facts: object): JsonObject {
  const known = facts as JsonObject;
  return Object.fromEntries(
    TOLD_FACTS.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  );
}

/** What is not available may be in a moment. */
const UNAVAILABLE_SECONDS = 2;

/** How long to wait, for the header `Retry-After`, in whole seconds; nothing where another try makes no sense. */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (!SalesAgentError.is(error)) return undefined;
  const { retryAfterMs } = error.facts as { readonly retryAfterMs?: unknown };
  if (typeof retryAfterMs === "number") return Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return statusOf(error)[0] === 503 ? UNAVAILABLE_SECONDS : undefined;
}
