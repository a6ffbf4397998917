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
import { BareBody } from "./bare-body.js";
import { ChatAnswer, type ChatAnswerOptions } from "./chat-answer.js";
import type { WireChunk } from "./chat-wire.js";

const BLANK_LINE = new TextEncoder().encode("\n\n");

/** Reads an answer that comes as server-sent events. */
export class StreamedChatDecoder implements AnswerDecoder {
  readonly #answer: ChatAnswer;
  readonly #sse = new SseReader((data, event) => this.#take(data, event));
  #bare: BareBody | undefined = new BareBody();
  #events: ModelEvent[] = [];
  #terminated = false;
  #ending = false;

  constructor(options: ChatAnswerOptions) {
    this.#answer = new ChatAnswer(options);
  }

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#sse.push(bytes);
    this.#bare?.push(bytes);
    return this.#terminated;
  }

  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    this.#ending = true;
    // Some servers leave out the blank line behind their last event.
    if (!this.#terminated) this.#sse.push(BLANK_LINE);
    this.#bare?.refuseError();
    return this.#answer.end(events, this.#terminated);
  }

  #take(data: string, event: string | undefined): void {
    if (this.#terminated || data === "") return;
    this.#bare = undefined;
    if (data === "[DONE]") {
      this.#terminated = true;
      return;
    }
    const chunk = parseJson(data) as WireChunk | null | undefined;
    if (typeof chunk !== "object" || chunk === null) {
      if (this.#ending) throw new WireFailure({ kind: "cut" });
      throw new WireFailure({ kind: "malformed", vendorMessage: data });
    }
    if (event === "error") refuseErrorEvent(chunk as JsonValue);
    this.#answer.push(chunk, this.#events);
  }
}

/** Reads an answer that comes as one JSON document. */
export function createWholeChatDecoder(options: ChatAnswerOptions): AnswerDecoder {
  const answer = new ChatAnswer(options);
  return createWholeDecoder(answer, (document, events) => {
    answer.push(document as WireChunk, events);
    return answer.end(events, true);
  });
}

function refuseErrorEvent(body: JsonValue): never {
  const said = readErrorBody(body) ?? readErrorBody({ error: body });
  throw new WireFailure({ kind: "in-band", ...said });
}
