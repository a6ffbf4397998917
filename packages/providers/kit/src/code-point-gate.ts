/**
 * Keeps text deltas from being split inside a code point: vendors that cut text by UTF-16 units send the halves of an
 * emoji in two events. A half at the end of a piece waits for the next one.
 */
export class CodePointGate {
  #half = "";

  /** The piece with what was held before it, without a half at its end. */
  push(piece: string): string {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#half = text.slice(-1);
      return text.slice(0, -1);
    }
    this.#half = "";
    return text;
  }

  /** A half that was never completed, as the replacement character; else empty. */
  end(): string {
    const left = this.#half === "" ? "" : "\ufffd";
    this.#half = "";
    return left;
  }
}
