import { parseJson, readErrorBody, WireFailure } from "@salesagent/provider-kit";

/** The most that is kept, in characters: enough for any error. */
const MAX_CHARS = 64 * 1024;

/**
 * Keeps what comes before the first event of a stream. Gateways in front of a server sometimes pass its error on as plain
 * JSON in a body that calls itself an event stream.
 */
export class BareBody {
  readonly #decoder = new TextDecoder();
  #text = "";

  push(bytes: Uint8Array): void {
    if (this.#text.length < MAX_CHARS) this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  /** @throws WireFailure when the body was an error and nothing else. */
  refuseError(): void {
    const said = readErrorBody(parseJson(this.#text.trim()));
    if (said) throw new WireFailure({ kind: "in-band", ...said });
  }
}
