import type { JsonValue } from "@salesagent/ports";
import { parseJson } from "./response-check.js";
import { MAX_EVENT_CHARS } from "./sse-reader.js";
import { WireFailure } from "./wire-failure.js";

/** Collects the body of a reply that is one JSON document. */
export class WholeBody {
  readonly #decoder = new TextDecoder();
  #text = "";

  /** @throws RangeError when the body passes the size of the largest event. */
  push(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (this.#text.length > MAX_EVENT_CHARS) {
      throw new RangeError(`The reply is longer than ${MAX_EVENT_CHARS} characters.`);
    }
  }

  /** @throws WireFailure `cut` for a document that breaks off, `malformed` for text that is none. */
  end(): JsonValue {
    const text = (this.#text + this.#decoder.decode()).trim();
    const json = parseJson(text);
    if (json !== undefined) return json;
    const begun = text === "" || text.startsWith("{") || text.startsWith("[");
    throw new WireFailure({ kind: begun ? "cut" : "malformed", vendorMessage: text });
  }
}
