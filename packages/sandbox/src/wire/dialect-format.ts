import type { JsonValue } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import type { Failure } from "../failure.js";
import type { InBandErrorFault } from "../fault.js";
import type { RenderContext } from "../render-context.js";
import type { WireEvent } from "./wire-event.js";

/** How an in-band error is framed. */
export type ErrorShape = NonNullable<InBandErrorFault["shape"]>;

/** What a vendor answers to a request that it refuses. */
export interface FailureResponse {
  readonly status: number;
  readonly body: JsonValue;
  readonly headers: Readonly<Record<string, string>>;
}

/** One wire format: how it says an answer, an error and "still here". */
export interface DialectFormat {
  streamContentType(context: RenderContext): string;
  /** Words in one event where a reply does not say. */
  readonly tokensPerEvent: number;
  /** Whether a wait is told by a header; Gemini tells it in the body. */
  readonly retryInHeaders: boolean;
  stream(answer: Answer, context: RenderContext): WireEvent[];
  whole(answer: Answer, context: RenderContext): WireEvent[];
  failure(failure: Failure, context: RenderContext): FailureResponse;
  inBandError(failure: Failure, shape: ErrorShape, context: RenderContext): WireEvent[];
  /** Whether the end mark follows an in-band error here. */
  endsAfterError(context: RenderContext): boolean;
  /** The format's sign of life; undefined where it has none. */
  keepAlive(kind: "comment" | "ping", text: string): WireEvent | undefined;
  /** Puts any text where an event's JSON would stand. */
  rawEvent(text: string): WireEvent;
  /** Headers that tell the request's id and the rate limits. */
  headers(seed: string, context: RenderContext, nowMs: number): Record<string, string>;
}
