import type { ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  createWholeDecoder,
  parseJson,
  SseReader,
  WireFailure,
} from "@salesagent/provider-kit";
import { GeminiAnswer } from "./gemini-answer.js";
import type { WireChunk } from "./gemini-wire.js";

/** Reads an answer that comes as server-sent events. The format has no end mark: the body just ends. */
export class StreamedGeminiDecoder implements AnswerDecoder {
  readonly #answer: GeminiAnswer;
  readonly #sse = new SseReader((data) => this.#take(data));
  #events: ModelEvent[] = [];

  constructor(createId: () => string) {
    this.#answer = new GeminiAnswer(createId);
  }

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#sse.push(bytes);
    return false;
  }

  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    if (this.#sse.end()) throw new WireFailure({ kind: "cut" });
    return this.#answer.end(events);
  }

  #take(data: string): void {
    if (data === "") return;
    const chunk = parseJson(data) as WireChunk | null | undefined;
    if (typeof chunk !== "object" || chunk === null) {
      throw new WireFailure({ kind: "malformed", vendorMessage: data });
    }
    this.#answer.push(chunk, this.#events);
  }
}

/** Reads an answer that comes as one JSON document. */
export function createWholeGeminiDecoder(createId: () => string): AnswerDecoder {
  const answer = new GeminiAnswer(createId);
  return createWholeDecoder(answer, (document, events) => {
    answer.push(document as WireChunk, events);
    return answer.end(events);
  });
}
