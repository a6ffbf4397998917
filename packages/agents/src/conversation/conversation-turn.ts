import { type EventSource, EventStream, type StreamControl } from "@salesagent/ports";
import type { TurnCompletedEvent, TurnEvent } from "./turn-event.js";

/**
 * One turn of a conversation. Nothing happens before it is read: by iteration, or by asking for its `result()`. One reader, who
 * sets the pace; `break` and abort cut the agent off.
 */
export class ConversationTurn<Intent extends string = string> implements AsyncIterable<TurnEvent<Intent>> {
  readonly id: string;
  readonly #stream: EventStream<TurnEvent<Intent>, TurnCompletedEvent<Intent>>;
  readonly #settled: () => Promise<void>;

  /** Made by an agent's `turn`. */
  constructor(
    id: string,
    open: (control: StreamControl) => EventSource<TurnEvent<Intent>>,
    settled: () => Promise<void>,
    caller: AbortSignal | undefined,
  ) {
    this.id = id;
    this.#settled = settled;
    this.#stream = new EventStream<TurnEvent<Intent>, TurnCompletedEvent<Intent>>(
      open,
      {
        push: (event) => (event.type === "turn-completed" ? { result: event } : undefined),
        cut: () => new Error(`The turn ${id} ended without a result.`),
      },
      caller,
    );
  }

  [Symbol.asyncIterator](): AsyncIterator<TurnEvent<Intent>, void, void> {
    return this.#stream[Symbol.asyncIterator]();
  }

  /** What the turn came to; reads it to its end when nobody else does. @throws What ended the turn. */
  result(): Promise<TurnCompletedEvent<Intent>> {
    return this.#stream.result();
  }

  /** Cuts the agent off; promises reject with the reason. After the end it does nothing. */
  abort(reason: unknown = new DOMException("The turn was cut off.", "AbortError")): void {
    this.#stream.abort(reason);
  }

  /**
   * Resolves when everything is let go and what was said stands in the thread, however the turn ended; at once for one that was
   * never read. The next turn of the thread waits for it.
   *
   * @throws What the memory throws, where a turn that was cut off could not be kept.
   */
  settled(): Promise<void> {
    return this.#settled();
  }
}
