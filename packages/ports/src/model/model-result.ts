import type { AssistantMessage, ToolCallPart } from "./message.js";
import type {
  CacheHit,
  FinishReason,
  ModelAttempt,
  ModelTimings,
  ModelWarning,
  RateLimitFact,
} from "./model-event.js";
import type { RoutingDecision } from "./routing-decision.js";
import type { Usage } from "./usage.js";

/** A whole answer. */
export interface ModelResult {
  /** The model that wrote it. */
  readonly provider: string;
  readonly modelId: string;
  readonly requestId?: string;
  /** All text parts, joined. */
  readonly text: string;
  /** All reasoning parts, joined. */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallPart[];
  /** The answer as a message, ready to be put into the next request. */
  readonly message: AssistantMessage;
  readonly finishReason: FinishReason;
  /** Of the attempts that wrote the answer. */
  readonly usage: Usage;
  /** Of all attempts, lost ones too. Absent when a price is unknown: unknown is not free. */
  readonly costUsd?: number;
  readonly timings: ModelTimings;
  readonly attempts: readonly ModelAttempt[];
  readonly warnings: readonly ModelWarning[];
  readonly rateLimits: readonly RateLimitFact[];
  /** Why this model, where a router chose it. */
  readonly decision?: RoutingDecision;
  /** Set when no model was called for this answer. */
  readonly cache?: CacheHit;
}
