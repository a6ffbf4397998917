import type { FinishReason, ModelEvent, ModelWarning, Usage } from "@salesagent/ports";

/** What is known at the end of a whole answer. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly usage: Usage;
  /** The cost as the vendor tells it; wins over a price list. */
  readonly toldCostUsd?: number;
  /** Fees in USD that come on top of the price list, such as for each search. */
  readonly feesUsd?: number;
  /** What is only known at the end. */
  readonly warnings?: readonly ModelWarning[];
}

/** Turns the bytes of one response into events: the part of an adapter that knows the vendor's format. */
export interface AnswerDecoder {
  /**
   * Takes the next bytes and appends what they complete to `events`.
   *
   * @returns True when the format's own terminator has come.
   * @throws WireFailure for an error inside the answer, or for text that is not in the format.
   */
  push(bytes: Uint8Array, events: ModelEvent[]): boolean;
  /**
   * The body has ended. Appends what is left to `events`.
   *
   * @throws WireFailure when the answer is not whole.
   */
  end(events: ModelEvent[]): AnswerEnd;
  /** Tokens told so far, for the account of an answer that fails. */
  usage(): Usage;
}
