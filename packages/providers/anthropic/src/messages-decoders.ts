import type { JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  createWholeDecoder,
  parseJson,
  readErrorBody,
  SseReader,
  WireFailure,
} from "@salesagent/provider-kit";
import { MessagesAnswer, type MessagesAnswerOptions } from "./messages-answer.js";
import type { WireEvent, WireMessage } from "./messages-wire.js";
import type { PausedTurn } from "./paused-turn.js";

/** Reads an answer that comes as server-sent events. */
export class StreamedMessagesDecoder implements AnswerDecoder {
  readonly #answer: MessagesAnswer;
  readonly #sse = new SseReader((data, name) => this.#take(data, name));
  readonly #paused: PausedTurn | undefined;
  #events: ModelEvent[] = [];
  #terminated = false;

  /** @param paused - Keeps what a pause of the vendor must be answered with, for requests that may be paused. */
  constructor(options: MessagesAnswerOptions, paused?: PausedTurn) {
    this.#answer = new MessagesAnswer(options);
    this.#paused = paused;
  }

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#sse.push(bytes);
    return this.#terminated;
  }

  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    this.#sse.end();
    if (!this.#terminated) throw new WireFailure({ kind: "cut" });
    return this.#answer.end();
  }

  #take(data: string, name: string | undefined): void {
    if (this.#terminated || data === "") return;
    const event = parseJson(data) as WireEvent | null | undefined;
    if (typeof event !== "object" || event === null) {
      throw new WireFailure({ kind: "malformed", vendorMessage: data });
    }
    if (name === "error" || event.error) refuseError(event as JsonValue);
    this.#answer.push(event, this.#events);
    this.#paused?.push(event);
    if (event.type !== "message_stop") return;
    if (this.#answer.stopReason === "pause_turn" && this.#paused?.pause()) this.#answer.beginNextTurn();
    else this.#terminated = true;
  }
}

/** Reads an answer that comes as one JSON document. */
export function createWholeMessagesDecoder(options: MessagesAnswerOptions): AnswerDecoder {
  const answer = new MessagesAnswer(options);
  return createWholeDecoder(answer, (document, events) => {
    const said = readErrorBody(document);
    if (said) throw new WireFailure({ kind: "in-band", ...said });
    answer.pushMessage(document as WireMessage, events);
    return answer.end();
  });
}

/** @throws WireFailure with what an error event says: wrapped as the vendor sends it, or flat as proxies do. */
function refuseError(body: JsonValue): never {
  const said = readErrorBody(body) ?? readErrorBody({ error: body });
  throw new WireFailure({ kind: "in-band", ...said });
}
