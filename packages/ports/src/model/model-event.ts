import type { JsonValue } from "../json.js";
import type { ProviderData } from "./message.js";
import type { RoutingDecision } from "./routing-decision.js";
import type { Usage } from "./usage.js";

/** Why a model stopped. `other` is a reason that the vendor added after this list was made. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "other";

/** Something the vendor could not do as asked, while the answer is still sound. */
export interface ModelWarning {
  /** The request field concerned, such as `temperature`. */
  readonly field: string;
  readonly message: string;
}

/** How much of a rate limit is left, as the vendor's headers tell. */
export interface RateLimitFact {
  readonly kind: "requests" | "tokens" | "input-tokens" | "output-tokens";
  /** The length of the window, where it is told: `minute`, `hour`, `day`. */
  readonly window?: string;
  readonly limit?: number;
  readonly remaining?: number;
  /** Milliseconds until the limit is whole again, counted from the response. */
  readonly resetMs?: number;
}

/**
 * Why an attempt was made: `first`; `retry` at the same model; `failover` to another; `hedge` beside one that is slow to
 * begin; `continuation` of a text that another broke off.
 */
export type AttemptPurpose = "first" | "retry" | "failover" | "hedge" | "continuation";

/** One try at one model, billed or not. */
export interface ModelAttempt {
  readonly provider: string;
  readonly modelId: string;
  /** @defaultValue "first" */
  readonly purpose?: AttemptPurpose;
  readonly outcome: "completed" | "failed" | "aborted";
  /** Code of the error that ended it. */
  readonly errorCode?: string;
  readonly requestId?: string;
  readonly usage: Usage;
  /** Absent when the price is unknown. */
  readonly costUsd?: number;
  /** The part of the cost that is charged for the request itself, where there is one. */
  readonly feeUsd?: number;
  /** True when the vendor did not tell the usage and it was estimated. */
  readonly estimated?: boolean;
  /** Milliseconds from the start of the call to the start of this attempt. @defaultValue 0 */
  readonly startedMs?: number;
  readonly latencyMs: number;
  /** Milliseconds from the start of this attempt to its first token. */
  readonly firstTokenMs?: number;
}

/** When things happened, in milliseconds from the start of the call. */
export interface ModelTimings {
  /** To the first token, of text, reasoning or a tool call. */
  readonly firstTokenMs?: number;
  readonly totalMs: number;
}

/** The answer begins. */
export interface StartEvent {
  readonly type: "start";
  readonly provider: string;
  readonly modelId: string;
  readonly requestId?: string;
  readonly warnings: readonly ModelWarning[];
  readonly rateLimits: readonly RateLimitFact[];
}

export interface TextDeltaEvent {
  readonly type: "text-delta";
  readonly text: string;
  /** Ends the text part that it belongs to. */
  readonly providerData?: ProviderData;
}

export interface ReasoningDeltaEvent {
  readonly type: "reasoning-delta";
  /** May be empty where only `providerData` comes. */
  readonly text: string;
  /** Ends the reasoning part that it belongs to. */
  readonly providerData?: ProviderData;
}

export interface ToolCallStartEvent {
  readonly type: "tool-call-start";
  readonly callId: string;
  readonly name: string;
}

export interface ToolCallDeltaEvent {
  readonly type: "tool-call-delta";
  readonly callId: string;
  /** A piece of the arguments' JSON text. */
  readonly argumentsText: string;
}

export interface ToolCallEndEvent {
  readonly type: "tool-call-end";
  readonly callId: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly providerData?: ProviderData;
}

/** Another model takes over, or the same one begins anew: forget all that came since the last `start` or `restart`. */
export interface RestartEvent {
  readonly type: "restart";
  readonly provider: string;
  readonly modelId: string;
  readonly requestId?: string;
  /** Code of the error that made it necessary. */
  readonly errorCode: string;
  readonly warnings: readonly ModelWarning[];
  readonly rateLimits: readonly RateLimitFact[];
}

/** Another model goes on where the text broke off: what came before stays, and the text goes on after it. */
export interface ContinueEvent {
  readonly type: "continue";
  readonly provider: string;
  readonly modelId: string;
  readonly requestId?: string;
  /** Code of the error that made it necessary. */
  readonly errorCode: string;
  readonly warnings: readonly ModelWarning[];
  readonly rateLimits: readonly RateLimitFact[];
}

/** An answer that was kept from an earlier call. */
export interface CacheHit {
  /** `exact`: the same request; `semantic`: one that means the same. */
  readonly kind: "exact" | "semantic";
  /** How old the answer is, in milliseconds. 0 when it was shared with a call that was under way. */
  readonly ageMs: number;
  /** Cosine similarity of the requests, for a semantic hit. */
  readonly similarity?: number;
}

/** The answer is whole. Without this event there was no success. */
export interface FinishEvent {
  readonly type: "finish";
  readonly reason: FinishReason;
  /** Of the attempts that wrote the answer. */
  readonly usage: Usage;
  /** Of all attempts, lost ones too. Absent when a price is unknown: unknown is not free. */
  readonly costUsd?: number;
  readonly timings: ModelTimings;
  /** Every try that this answer took, the last one included. */
  readonly attempts: readonly ModelAttempt[];
  /** What became known only at the end; the result has it beside the warnings of the start. */
  readonly warnings?: readonly ModelWarning[];
  /** Why this model, where a router chose it. */
  readonly decision?: RoutingDecision;
  /** Set when no model was called for this answer. */
  readonly cache?: CacheHit;
}

/** The parts of an answer between its start and its finish. */
export type ModelBodyEvent =
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolCallStartEvent
  | ToolCallDeltaEvent
  | ToolCallEndEvent;

/**
 * What a model stream yields. Grammar: `start body* ((restart | continue) body*)* finish`, or a throw. `continue` comes
 * only after text or reasoning, never while a tool call is open.
 * Each `tool-call-start` is followed by its deltas and one `tool-call-end`, before the next call starts or interleaved
 * with it; text deltas are never split inside a code point.
 */
export type ModelEvent = StartEvent | ModelBodyEvent | RestartEvent | ContinueEvent | FinishEvent;
