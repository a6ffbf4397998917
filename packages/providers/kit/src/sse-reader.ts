/** Receives one server-sent event: its data and, where one was given, its name. */
export type SseListener = (data: string, event: string | undefined) => void;

/** The largest event that is taken, in characters; a longer one is a broken or hostile server. */
export const MAX_EVENT_CHARS = 16 * 1024 * 1024;

/**
 * Reads server-sent events from bytes that may be cut anywhere: inside a line end, a field or a code point. Takes LF, CRLF
 * and CR, a byte-order mark, comments, and `data:` with or without the space. An event is complete at its blank line.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseReader {
  readonly #onEvent: SseListener;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #data: string | undefined;
  #name: string | undefined;
  #lastWasCr = false;

  constructor(onEvent: SseListener) {
    this.#onEvent = onEvent;
  }

  /** @throws RangeError when one event passes {@link MAX_EVENT_CHARS}. */
  push(bytes: Uint8Array): void {
    this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Ends the input. True when something was left that is not a complete event. */
  end(): boolean {
    this.#read(this.#decoder.decode());
    return this.#rest !== "" || this.#data !== undefined;
  }

  #read(decoded: string): void {
    let text = decoded;
    if (this.#lastWasCr && text.length > 0) {
      if (text.charCodeAt(0) === 10) text = text.slice(1);
      this.#lastWasCr = false;
    }
    if (this.#rest !== "") {
      // What is kept holds no line end. Looking through it with every piece would make a long line cost its square.
      if (!/[\r\n]/.test(text)) {
        this.#rest += text;
        this.#checkSize();
        return;
      }
      text = this.#rest + text;
    }
    let start = 0;
    let cr = text.indexOf("\r");
    for (;;) {
      if (cr !== -1 && cr < start) cr = text.indexOf("\r", start);
      const lf = text.indexOf("\n", start);
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
      if (end === -1) break;
      this.#takeLine(text, start, end);
      start = end + 1;
      if (text.charCodeAt(end) !== 13) continue;
      if (start === text.length) this.#lastWasCr = true;
      else if (text.charCodeAt(start) === 10) start++;
    }
    this.#rest = start === 0 ? text : text.slice(start);
    this.#checkSize();
  }

  #checkSize(): void {
    if (this.#rest.length + (this.#data?.length ?? 0) > MAX_EVENT_CHARS) {
      throw new RangeError(`An event is longer than ${MAX_EVENT_CHARS} characters.`);
    }
  }

  #takeLine(text: string, start: number, end: number): void {
    if (start === end) {
      if (this.#data !== undefined) this.#onEvent(this.#data, this.#name);
      this.#data = undefined;
      this.#name = undefined;
    } else if (text.startsWith("data:", start)) {
      const value = text.slice(text.charCodeAt(start + 5) === 32 ? start + 6 : start + 5, end);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (text.startsWith("event:", start)) {
      this.#name = text.slice(start + 6, end).trim();
    }
  }
}
