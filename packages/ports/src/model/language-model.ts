import type { ModelEvent } from "./model-event.js";
import type { ModelProfile } from "./model-profile.js";
import type { ModelCallOptions, ModelRequest } from "./model-request.js";
import type { ModelResult } from "./model-result.js";

/** A model that answers. One primitive; everything else derives from it. */
export interface LanguageModel {
  readonly port: "language-model/1";
  /** Such as `cerebras`; lower case. */
  readonly provider: string;
  /** The vendor's name of the model, such as `gpt-oss-120b`. */
  readonly modelId: string;
  readonly profile: ModelProfile;
  /** The model asks the `guards` of a call before each of its attempts. @defaultValue false */
  readonly guardsAttempts?: boolean;
  /**
   * Prepares a call. Nothing is sent before the stream is read.
   *
   * @throws Never by itself: every failure comes out of the stream.
   */
  stream(request: ModelRequest, call?: ModelCallOptions): ModelStream;
}

/**
 * One answer on its way. It is read once: by iteration, by `result()`, or by both, in which case `result()` settles when
 * the iteration has ended. `break` and `return()` stop the request, and `result()` then rejects with an `AbortError`.
 * Memory is bounded by what the reader has not read yet.
 */
export interface ModelStream extends AsyncIterable<ModelEvent> {
  /**
   * Takes the events that have come already, without waiting; for readers that pass on many at a time. Only for who reads by
   * iteration, between two reads. A stream without it has none to take.
   */
  buffered?(): readonly ModelEvent[];
  /** The whole answer; reads the stream to its end when nobody else does. Asked twice, it is the same promise. */
  result(): Promise<ModelResult>;
}
