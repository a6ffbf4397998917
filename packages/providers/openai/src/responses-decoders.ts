import type { ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  createWholeDecoder,
  parseJson,
  readErrorBody,
  SseReader,
  WireFailure,
} from "@salesagent/provider-kit";
import { ResponsesAnswer } from "./responses-answer.js";
import type { WireResponse, WireResponseEvent } from "./responses-wire.js";

const BLANK_LINE = new TextEncoder().encode("\n\n");

/** Reads a response that comes as typed events. It has no `[DONE]`: the event that ends it carries the usage. */
export class StreamedResponsesDecoder implements AnswerDecoder {
  readonly #answer = new ResponsesAnswer();
  readonly #sse = new SseReader((data) => this.#take(data));
  #events: ModelEvent[] = [];
  #ending = false;

  usage(): Usage {
    return this.#answer.usage;
  }

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#sse.push(bytes);
    return this.#answer.ended;
  }

  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    this.#ending = true;
    // Some proxies leave out the blank line behind the last event.
    if (!this.#answer.ended) this.#sse.push(BLANK_LINE);
    return this.#answer.end(events);
  }

  #take(data: string): void {
    if (this.#answer.ended || data === "" || data === "[DONE]") return;
    const event = parseJson(data) as WireResponseEvent | null | undefined;
    if (typeof event !== "object" || event === null) {
      if (this.#ending) throw new WireFailure({ kind: "cut" });
      throw new WireFailure({ kind: "malformed", vendorMessage: data });
    }
    if (event.type === undefined) refuseError(event);
    this.#answer.push(event, this.#events);
  }
}

/** Reads a response that comes as one JSON document. */
export function createWholeResponsesDecoder(): AnswerDecoder {
  const answer = new ResponsesAnswer();
  return createWholeDecoder(answer, (document, events) => {
    const response = document as WireResponse;
    if (response.status === undefined) refuseError(response);
    answer.take(response, events);
    return answer.end(events);
  });
}

/** Proxies answer in the format of chat completions when they fail. */
function refuseError(body: object): void {
  const said = readErrorBody(body as Parameters<typeof readErrorBody>[0]);
  if (said) throw new WireFailure({ kind: "in-band", ...said });
}
