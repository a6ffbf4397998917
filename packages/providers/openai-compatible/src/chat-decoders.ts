import type { JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  parseJson,
  readErrorBody,
  SseReader,
  WholeBody,
  WireFailure,
} from "@salesagent/provider-kit";
import { ChatAnswer, type ChatAnswerOptions } from "./chat-answer.js";
import type { WireChunk } from "./chat-wire.js";

/** Reads an answer that comes as server-sent events. */
export class StreamedChatDecoder implements AnswerDecoder {
  readonly #answer: ChatAnswer;
  readonly #sse = new SseReader((data, event) => this.#take(data, event));
  #events: ModelEvent[] = [];
  #terminated = false;

  constructor(options: ChatAnswerOptions) {
    this.#answer = new ChatAnswer(options);
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
    const broken = this.#sse.end();
    if (broken && !this.#terminated) throw new WireFailure({ kind: "cut" });
    return this.#answer.end(events, this.#terminated);
  }

  #take(data: string, event: string | undefined): void {
    if (this.#terminated || data === "") return;
    if (data === "[DONE]") {
      this.#terminated = true;
      return;
    }
    const chunk = parseJson(data) as WireChunk | null | undefined;
    if (typeof chunk !== "object" || chunk === null) {
      throw new WireFailure({ kind: "malformed", vendorMessage: data.slice(0, 300) });
    }
    if (event === "error") refuseErrorEvent(chunk as JsonValue);
    this.#answer.push(chunk, this.#events);
  }
}

/** Reads an answer that comes as one JSON document. */
export class WholeChatDecoder implements AnswerDecoder {
  readonly #answer: ChatAnswer;
  readonly #body = new WholeBody();

  constructor(options: ChatAnswerOptions) {
    this.#answer = new ChatAnswer(options);
  }

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array): boolean {
    this.#body.push(bytes);
    return false;
  }

  end(events: ModelEvent[]): AnswerEnd {
    const json = this.#body.end();
    const said = readErrorBody(json);
    if (said) throw new WireFailure({ kind: "in-band", ...said });
    this.#answer.push(json as WireChunk, events);
    return this.#answer.end(events, true);
  }
}

function refuseErrorEvent(body: JsonValue): never {
  const said = readErrorBody(body) ?? readErrorBody({ error: body });
  throw new WireFailure({ kind: "in-band", ...said });
}
