import type { ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  createWholeDecoder,
  NdjsonReader,
  parseJson,
  WireFailure,
} from "@salesagent/provider-kit";
import { OllamaAnswer, type OllamaAnswerOptions } from "./ollama-answer.js";
import type { WireLine } from "./ollama-wire.js";

/** Reads an answer that comes as one JSON document a line. */
export class StreamedOllamaDecoder implements AnswerDecoder {
  readonly #answer: OllamaAnswer;
  readonly #lines = new NdjsonReader((line) => this.#take(line));
  #events: ModelEvent[] = [];
  #ending = false;

  constructor(options: OllamaAnswerOptions) {
    this.#answer = new OllamaAnswer(options);
  }

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#lines.push(bytes);
    return this.#answer.done;
  }

  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    this.#ending = true;
    this.#lines.end();
    return this.#answer.end(events);
  }

  #take(text: string): void {
    if (this.#answer.done) return;
    const line = parseJson(text) as WireLine | null | undefined;
    if (typeof line === "object" && line !== null) this.#answer.push(line, this.#events);
    // What stands unfinished at the end of the body was cut off; anywhere else it is no answer of this format.
    else if (!this.#ending) throw new WireFailure({ kind: "malformed", vendorMessage: text });
  }
}

/** Reads an answer that comes as one JSON document. */
export function createWholeOllamaDecoder(options: OllamaAnswerOptions): AnswerDecoder {
  const answer = new OllamaAnswer(options);
  return createWholeDecoder(answer, (document, events) => {
    answer.push(document as WireLine, events);
    return answer.end(events);
  });
}
