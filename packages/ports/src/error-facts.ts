import type { Usage } from "./model/usage.js";

/** What every failed model call tells. */
export interface ModelErrorFacts {
  readonly provider: string;
  readonly modelId: string;
  /** HTTP status, where one was received. An error inside a 200 keeps 200. */
  readonly status?: number;
  /** The vendor's own code or type, verbatim. */
  readonly vendorCode?: string;
  readonly requestId?: string;
  /** True when the error came inside a response that had begun as a success. */
  readonly inBand?: boolean;
  /** How long the vendor asks callers to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Tokens that the vendor reported, and so may bill, before the failure. */
  readonly usage?: Usage;
}

/** What every failed tool call tells. */
export interface ToolErrorFacts {
  readonly tool: string;
  readonly callId?: string;
}

/** What every failed call of an outside service tells: search, speech, mail, chat. */
export interface ServiceErrorFacts {
  /** Such as `perplexity`, or the host that was called. */
  readonly service: string;
  /** HTTP status or SMTP reply code, where one was received. */
  readonly status?: number;
  /** The service's own code, verbatim. */
  readonly vendorCode?: string;
  readonly requestId?: string;
  /** How long the service asks callers to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What every refusal of a CRM tells. */
export interface CrmErrorFacts {
  /** Such as `close`. */
  readonly crm: string;
  readonly kind?: "contact" | "company" | "deal" | "activity";
  /** HTTP status, where one was received. */
  readonly status?: number;
  /** The CRM's own code, verbatim. */
  readonly vendorCode?: string;
  readonly requestId?: string;
}

/** What every failure of a stored credential tells. */
export interface CredentialErrorFacts {
  /** Such as `hubspot`. */
  readonly platform: string;
  /** The credential's name among those of its platform. */
  readonly account: string;
}

/** What every storage failure tells. */
export interface StoreErrorFacts {
  readonly store: string;
  /** The database's own code, such as a Postgres SQLSTATE. */
  readonly vendorCode?: string;
}

/** A budget that is used up. Amounts are in USD, tokens or calls, by the measure. */
export interface BudgetFacts {
  /** The budget's name. */
  readonly budget: string;
  readonly measure: "usd" | "tokens" | "calls";
  readonly limit: number;
  readonly spent: number;
  /** Set aside for calls that are running. */
  readonly held: number;
  /** The most that the refused call could take. Absent when its price is unknown. */
  readonly wanted?: number;
  /** When the window is over, ISO 8601 in UTC. */
  readonly resetsAt?: string;
}

/** A candidate that a router did not try. */
export interface PassedOverFact {
  readonly provider: string;
  readonly modelId: string;
  readonly reasons: readonly string[];
}

/** An attempt that failed. */
export interface FailedAttemptFact {
  readonly provider: string;
  readonly modelId: string;
  readonly errorCode: string;
}

/** One problem found in a value, with the path to it. */
export interface IssueFact {
  readonly path: string;
  readonly message: string;
}

/**
 * Every error code and the facts that it carries. A new code is a minor release; a changed one is a major release.
 * `docs/errors.md` has a heading for each.
 */
export interface ErrorFacts {
  /** The key is missing, malformed or refused (401, 403). */
  "model.auth": ModelErrorFacts;
  /** Quota or credit is used up; waiting does not help soon. */
  "model.quota_exhausted": ModelErrorFacts;
  /** Too many requests or tokens for now. */
  "model.rate_limited": ModelErrorFacts;
  /** The vendor has no capacity just now (503, 529). */
  "model.overloaded": ModelErrorFacts;
  /** The vendor failed on its side (5xx, an in-band server error). */
  "model.server_error": ModelErrorFacts;
  /** No model of this name, or it was retired; `successor` names its replacement where known. */
  "model.not_found": ModelErrorFacts & { readonly successor?: string };
  /** The request was refused as malformed or unsupported. */
  "model.bad_request": ModelErrorFacts;
  /** The input does not fit the model's context. */
  "model.context_length": ModelErrorFacts;
  /** The vendor refused the content of the request or of the answer. */
  "model.content_filtered": ModelErrorFacts;
  /** The connection could not be made or broke before an answer began. */
  "model.unreachable": ModelErrorFacts & { readonly cause?: string };
  /** Nothing began within the time allowed. `phase` says what was awaited. */
  "model.timed_out": ModelErrorFacts & {
    readonly phase: "headers" | "first-token" | "stall" | "total";
    readonly limitMs: number;
  };
  /** The answer broke off before its end. */
  "model.stream_cut": ModelErrorFacts;
  /** The reply was not in the format that the vendor documents: HTML, bad JSON, a bad event. */
  "model.malformed_response": ModelErrorFacts & { readonly excerpt?: string };
  /** The model asked for a tool with arguments that are not JSON; the raw text is kept. */
  "model.malformed_tool_call": ModelErrorFacts & { readonly tool: string; readonly argumentsText: string };
  /** The answer reached the output limit before it was done. */
  "model.output_truncated": ModelErrorFacts;
  /** The final answer does not match the schema that was asked for. */
  "model.output_invalid": ModelErrorFacts & { readonly issues: readonly IssueFact[] };
  /** A transcript breaks the rules that every vendor holds: a call without its result, a result without its call. */
  "transcript.invalid": { readonly issues: readonly IssueFact[] };
  /** The tool's input does not match its schema. */
  "tool.input_invalid": ToolErrorFacts & { readonly issues: readonly IssueFact[] };
  /** The tool's output does not match its schema. */
  "tool.output_invalid": ToolErrorFacts & { readonly issues: readonly IssueFact[] };
  /** The tool's output is larger than allowed. */
  "tool.output_too_large": ToolErrorFacts & { readonly sizeChars: number; readonly limitChars: number };
  /** The tool did not finish in time. */
  "tool.timed_out": ToolErrorFacts & { readonly limitMs: number };
  /** The tool's own code failed. */
  "tool.failed": ToolErrorFacts;
  /** The model asked for a tool that this agent does not have. */
  "tool.unknown": ToolErrorFacts & { readonly known: readonly string[] };
  /** A tool that writes was called where no effect ledger guards it. */
  "tool.effect_unguarded": ToolErrorFacts;
  /** A server defines the tool otherwise than when its tools were listed; it was not called. */
  "tool.changed": ToolErrorFacts;
  /** A rule of the host forbids the request; nothing was sent to this host. `rule` says which. */
  "http.blocked": {
    readonly host: string;
    readonly rule: "url" | "scheme" | "port" | "host" | "address" | "method" | "header" | "redirect";
  };
  /** The service's key is missing, malformed or refused. */
  "service.auth": ServiceErrorFacts;
  /** The service's quota or credit is used up; waiting does not help soon. */
  "service.quota_exhausted": ServiceErrorFacts;
  /** Too many requests for now. */
  "service.rate_limited": ServiceErrorFacts;
  /** The service understood the request and won't do it; the same request brings the same answer. */
  "service.refused": ServiceErrorFacts;
  /** The service can't be reached, failed on its side, or broke off. */
  "service.unavailable": ServiceErrorFacts;
  /** The service's reply is not in the format that it documents, or is longer than allowed. */
  "service.malformed_response": ServiceErrorFacts;
  /** The CRM keeps such a record already: `recordId` where it tells which. */
  "crm.exists": CrmErrorFacts & { readonly recordId?: string };
  /** No record of this id, or it was merged into another. */
  "crm.not_found": CrmErrorFacts & { readonly recordId: string; readonly mergedInto?: string };
  /** The CRM refuses the value of a field. */
  "crm.field_invalid": CrmErrorFacts & { readonly field: string; readonly recordId?: string };
  /** The CRM has no such call; `capabilities` tells before. */
  "crm.unsupported": CrmErrorFacts & { readonly operation: string };
  /** A walk can't be had whole: the CRM tells no further, or its pages contradict each other. */
  "crm.walk_incomplete": CrmErrorFacts & { readonly reason: string };
  /** A request to a webhook is not proved to come from the CRM. */
  "crm.webhook_refused": {
    readonly crm: string;
    readonly problem: "missing" | "malformed" | "mismatch" | "too-old" | "too-new" | "replayed" | "too-large";
  };
  /** More records would be removed than a sync may without being asked; none was. */
  "sync.braked": {
    readonly connection: string;
    readonly kind: string;
    readonly removals: number;
    readonly of: number;
    readonly limit: number;
  };
  /** The mapping of a connection names a field that is not there, or of another type. */
  "sync.mapping_invalid": { readonly connection: string; readonly issues: readonly IssueFact[] };
  /** No credential of this platform and account for this tenant. */
  "credential.not_found": CredentialErrorFacts;
  /** The credential is refused for good: revoked, expired, or without a scope. Somebody has to connect again. */
  "credential.refused": CredentialErrorFacts & {
    readonly problem: "revoked" | "expired" | "scope";
    readonly scope?: string;
  };
  /** The credential can't be opened: its key is not there, or what is stored was altered. */
  "credential.unreadable": CredentialErrorFacts & { readonly keyId: string };
  /** The agent used all the steps that it may take. */
  "agent.step_limit": { readonly agent: string; readonly limit: number };
  /** The agent's input does not match its schema. */
  "agent.input_invalid": { readonly agent: string; readonly issues: readonly IssueFact[] };
  /** The agent's newest messages alone do not fit the model's context. */
  "memory.context_full": { readonly threadId: string; readonly tokens: number; readonly limitTokens: number };
  /** Work was handed to an agent that nobody here runs. */
  "handoff.unknown_agent": { readonly agent: string; readonly known: readonly string[] };
  /** Work was handed on more often than is allowed: agents may be sending it in a circle. */
  "handoff.too_deep": { readonly agent: string; readonly path: readonly string[]; readonly limit: number };
  /** Work that was handed over ended in a failure, whose code is `errorCode`. */
  "handoff.failed": { readonly agent: string; readonly runId: string; readonly errorCode: string };
  /** A cap would be passed by going on. */
  "budget.exceeded": BudgetFacts;
  /** A call does not name the subject that a budget counts by. */
  "budget.unscoped": { readonly budget: string; readonly scope: string };
  /** None of a router's candidates may take the request; each says why. */
  "router.no_candidate": { readonly candidates: readonly PassedOverFact[] };
  /** Every candidate that may take the request failed. */
  "router.exhausted": {
    readonly attempts: readonly FailedAttemptFact[];
    /** The shortest time after which another try makes sense, in milliseconds, where a vendor told one. */
    readonly retryAfterMs?: number;
  };
  /** The circuit breaker of a dependency is open: it failed too often of late. */
  "breaker.open": { readonly name: string; readonly retryAfterMs: number; readonly errorCode?: string };
  /** As many calls run and wait as the bulkhead lets in. */
  "bulkhead.full": { readonly name: string; readonly running: number; readonly waiting: number };
  /** A call did not settle within its limit. */
  "call.timed_out": { readonly name: string; readonly limitMs: number };
  /** The wait that is needed is longer than allowed. */
  "call.wait_too_long": { readonly name: string; readonly waitMs: number; readonly capMs: number };
  /** A graph can't be run as it is defined; each issue names the node or the edge. */
  "graph.invalid": { readonly graph: string; readonly issues: readonly IssueFact[] };
  /** A run of a graph took as many supersteps as it may. */
  "graph.recursion_limit": { readonly graph: string; readonly limit: number };
  /** A value does not fit the state's schema; `node` wrote it, or `input`. */
  "graph.state_invalid": {
    readonly graph: string;
    readonly node: string;
    readonly issues: readonly IssueFact[];
  };
  /** Two nodes of one superstep wrote a field that has no reducer. */
  "graph.conflicting_writes": {
    readonly graph: string;
    readonly field: string;
    readonly nodes: readonly string[];
  };
  /** A run came to its end while a join still waits for nodes that never ran. */
  "graph.join_stalled": {
    readonly graph: string;
    readonly node: string;
    readonly missing: readonly string[];
  };
  /** A node failed for good; `cause` is its error. */
  "graph.node_failed": { readonly graph: string; readonly node: string; readonly attempts: number };
  /** A node did not end within its time. */
  "graph.node_timed_out": { readonly graph: string; readonly node: string; readonly limitMs: number };
  /** A step was named twice in one task, or remembered under another name than it is asked for. */
  "graph.step_conflict": { readonly graph: string; readonly node: string; readonly step: string };
  /** A run was asked to stop. */
  "graph.stopped": { readonly runId: string; readonly by: string; readonly reason: string };
  /** No worker knows the version of the graph that a run is pinned to. */
  "graph.version_unknown": { readonly graph: string; readonly version: string };
  /** A run can't go to another version of its graph as it stands; each issue names the task or the field. */
  "graph.migration_refused": {
    readonly graph: string;
    readonly from: string;
    readonly to: string;
    readonly issues: readonly IssueFact[];
  };
  /** The run is in a state in which this can't be asked of it. */
  "flow.wrong_state": { readonly runId: string; readonly status: string };
  /** Somebody else works on the run since; nothing was written. */
  "flow.fenced": { readonly runId: string; readonly fence: number };
  /** Whether the effect happened is not known, and its lookup could not tell either. It is not done again. */
  "effect.unknown": { readonly key: string; readonly effect: string };
  /** The effect is being done by another process just now. */
  "effect.in_progress": { readonly key: string; readonly effect: string; readonly leaseUntil: string };
  /** A gate forbids the effect: consent, suppression, quiet hours, a cap, a missing approval. */
  "effect.refused": {
    readonly effect: string;
    readonly gate: string;
    /** When it may be allowed, ISO 8601 in UTC. */
    readonly retryAt?: string;
  };
  /** A call waits for a person's approval. */
  "approval.required": { readonly approvalId: string; readonly tool: string };
  /** An approval can't be decided or used: unknown, of another tenant, for other arguments, expired, used, decided already, or by nobody. */
  "approval.invalid": {
    readonly approvalId: string;
    readonly problem: "unknown" | "expired" | "used" | "decided" | "refused" | "other-arguments" | "nobody";
  };
  /** A job or a schedule can't be taken in: `field` says what is wrong. */
  "job.invalid": { readonly queue: string; readonly field: string };
  /** The job engine can't be reached or failed. */
  "job.unavailable": { readonly vendorCode?: string };
  /** Data was written by someone else since it was read; `current` is the revision that stands. */
  "store.stale_revision": StoreErrorFacts & { readonly id: string; readonly current: string };
  /** No record of this id for this tenant. */
  "store.not_found": StoreErrorFacts & { readonly id: string };
  /** A value can't be stored: it breaks a rule of the store. */
  "store.invalid": StoreErrorFacts & { readonly field: string };
  /** The database can't be reached or answered with a failure. */
  "store.unavailable": StoreErrorFacts;
  /** The store, pool or stream was closed before this call. */
  "store.closed": StoreErrorFacts;
  /** A source file can't be read as what it claims to be: empty, binary, no header, a quote left open. */
  "intake.unreadable": { readonly source: string; readonly row?: number };
  /** The column mapping names a column or field that is not there. */
  "intake.mapping_invalid": { readonly issues: readonly IssueFact[] };
  /** No stream of this id for this tenant. */
  "stream.unknown": { readonly streamId: string };
  /** More was told than could be kept: the rest of the stream is missing, though its run went on. */
  "stream.overrun": { readonly streamId: string; readonly limitEvents: number };
  /** No agent of this name is part of the app. */
  "agent.unknown": { readonly agent: string; readonly known: readonly string[] };
  /** Nobody is known to ask: a key or a session is missing, or no good any more. */
  "access.unauthenticated": {
    readonly problem: "missing" | "malformed" | "unknown" | "expired" | "revoked";
  };
  /** Whoever asks may not do this. */
  "access.denied": { readonly permission: string };
  /** Too many requests of one principal for now. */
  "access.limited": { readonly limit: number; readonly retryAfterMs: number };
  /** A request that a page of another site made with the user's cookies. */
  "access.cross_site": { readonly origin?: string };
  /** No route of this method and path; `allowed` are the methods that the path has. */
  "request.unknown_route": { readonly allowed: readonly string[] };
  /** A request's body did not come in time. */
  "request.timed_out": { readonly limitMs: number };
  /** A request does not fit what the route takes; each issue names the place. */
  "request.invalid": { readonly issues: readonly IssueFact[] };
  /** A request's body is larger than the route takes. */
  "request.too_large": { readonly limitBytes: number };
  /** A setting is missing or wrong; `option` is its path. */
  "config.invalid": { readonly option: string; readonly issues?: readonly IssueFact[] };
}

/** A code of the error family. */
export type ErrorCode = keyof ErrorFacts;
