import { MAX_EVENT_CHARS } from "./sse-reader.js";

/** Reads lines of JSON from bytes that may be cut anywhere. Blank lines are passed over. */
export class NdjsonReader {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @throws RangeError when one line passes {@link MAX_EVENT_CHARS}. */
  push(bytes: Uint8Array): void {
    this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Ends the input; a last line needs no line end. */
  end(): void {
    this.#read(`${this.#decoder.decode()}\n`);
  }

  #read(decoded: string): void {
    let end = decoded.indexOf("\n");
    // What is kept holds no line end. Looking through it with every piece would make a long line cost its square.
    if (end === -1) this.#rest += decoded;
    else {
      end += this.#rest.length;
      const text = this.#rest + decoded;
      let start = 0;
      for (; end !== -1; end = text.indexOf("\n", start)) {
        const line = text.slice(start, end).trim();
        if (line !== "") this.#onLine(line);
        start = end + 1;
      }
      this.#rest = text.slice(start);
    }
    if (this.#rest.length > MAX_EVENT_CHARS) {
      throw new RangeError(`A line is longer than ${MAX_EVENT_CHARS} characters.`);
    }
  }
}
