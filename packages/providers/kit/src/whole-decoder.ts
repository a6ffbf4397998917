import type { JsonObject, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import type { AnswerDecoder, AnswerEnd } from "./answer-decoder.js";
import { WholeBody } from "./whole-body.js";
import { WireFailure } from "./wire-failure.js";

/**
 * A decoder for an answer that comes as one JSON document.
 *
 * @param answer - Where the document goes; its usage is on the account of an answer that fails.
 * @param read - Puts the document, an object or a list, into the answer.
 */
export function createWholeDecoder(
  answer: { readonly usage: Usage },
  read: (document: JsonObject | readonly JsonValue[], events: ModelEvent[]) => AnswerEnd,
): AnswerDecoder {
  const body = new WholeBody();
  return {
    usage: () => answer.usage,
    push(bytes) {
      body.push(bytes);
      return false;
    },
    end(events) {
      const document = body.end();
      if (typeof document !== "object" || document === null) throw new WireFailure({ kind: "malformed" });
      return read(document, events);
    },
  };
}
