const OPEN = "<think>";
const CLOSE = "</think>";

/** Takes a piece of text, or of reasoning. */
export type PieceSink = (text: string) => void;

/**
 * Splits `<think>…</think>` at the head of a text from what follows, for servers that send reasoning that way. Tags may be
 * cut anywhere. A tag further on is text like any other; a `<think>` that is never closed is reasoning to the end.
 */
export class ThinkTags {
  readonly #text: PieceSink;
  readonly #reasoning: PieceSink;
  #state: "head" | "thinking" | "gap" | "text" = "head";
  #held = "";

  constructor(text: PieceSink, reasoning: PieceSink) {
    this.#text = text;
    this.#reasoning = reasoning;
  }

  push(piece: string): void {
    if (this.#state === "text") {
      this.#text(piece);
      return;
    }
    this.#held += piece;
    if (this.#state === "head") this.#readHead();
    if (this.#state === "thinking") this.#readThought();
    if (this.#state === "gap") this.#readGap();
  }

  /** The text has ended: what was held back is what it looked like. */
  end(): void {
    const held = this.#held;
    this.#held = "";
    if (held === "" || this.#state === "gap") return;
    if (this.#state === "thinking") this.#reasoning(held);
    else this.#text(held);
  }

  #readHead(): void {
    const head = this.#held.trimStart();
    if (head.startsWith(OPEN)) {
      this.#state = "thinking";
      this.#held = head.slice(OPEN.length);
    } else if (!OPEN.startsWith(head)) {
      this.#release();
    }
  }

  #readThought(): void {
    const end = this.#held.indexOf(CLOSE);
    const keep = end === -1 ? overlap(this.#held, CLOSE) : 0;
    const thought = end === -1 ? this.#held.slice(0, this.#held.length - keep) : this.#held.slice(0, end);
    if (thought !== "") this.#reasoning(thought);
    this.#held = end === -1 ? this.#held.slice(thought.length) : this.#held.slice(end + CLOSE.length);
    if (end !== -1) this.#state = "gap";
  }

  /** Line ends between the thought and the text belong to neither. */
  #readGap(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#release();
  }

  #release(): void {
    const text = this.#held;
    this.#state = "text";
    this.#held = "";
    this.#text(text);
  }
}

/** How many characters at the end of the text may be the beginning of the tag. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
