import type { JsonValue } from "../json.js";
import type { ProviderData } from "./message.js";
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

/** One try at one model, billed or not. */
export interface ModelAttempt {
  readonly provider: string;
  readonly modelId: string;
  readonly outcome: "completed" | "failed" | "aborted";
  /** Code of the error that ended it. */
  readonly errorCode?: string;
  readonly requestId?: string;
  readonly usage: Usage;
  /** Absent when the price is unknown. */
  readonly costUsd?: number;
  /** True when the vendor did not tell the usage and it was estimated. */
  readonly estimated?: boolean;
  readonly latencyMs: number;
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

/** The answer is whole. Without this event there was no success. */
export interface FinishEvent {
  readonly type: "finish";
  readonly reason: FinishReason;
  readonly usage: Usage;
  /** Of all attempts. Absent when a price is unknown: unknown is not free. */
  readonly costUsd?: number;
  readonly timings: ModelTimings;
  /** Every try that this answer took, the last one included. */
  readonly attempts: readonly ModelAttempt[];
  /** What became known only at the end; the result has it beside the warnings of the start. */
  readonly warnings?: readonly ModelWarning[];
}

/** The parts of an answer between its start and its finish. */
export type ModelBodyEvent =
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolCallStartEvent
  | ToolCallDeltaEvent
  | ToolCallEndEvent;

/**
 * What a model stream yields. Grammar: `start body* (restart body*)* finish`, or a throw.
 * Each `tool-call-start` is followed by its deltas and one `tool-call-end`, before the next call starts or interleaved
 * with it; text deltas are never split inside a code point.
 */
export type ModelEvent = StartEvent | ModelBodyEvent | RestartEvent | FinishEvent;
