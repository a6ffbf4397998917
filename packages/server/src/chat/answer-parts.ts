import type { TextMark, UiChunk } from "./ui-chunk.js";

type Kind = "text" | "reasoning";

const WITHDRAWN: TextMark = { salesagent: { withdrawn: true } };

/**
 * The text and the reasoning of one model answer. Its parts stay open until the answer stands: until then it can be taken back, by
 * another model's restart or because it had the wrong shape, and a part that is closed can't be marked any more.
 */
export class AnswerParts {
  #count = 0;
  #open: { readonly id: string; readonly kind: Kind }[] = [];
  /** The part that goes on. */
  #current: { readonly id: string; readonly kind: Kind } | undefined;
  /** Text that may be a structured output's JSON: told as `data-partial` then, and not as text. */
  #held: string | undefined;
  #isStructured = false;

  *delta(kind: Kind, text: string): Generator<UiChunk> {
    if (text === "") return;
    if (kind === "text" && this.#isStructured) return;
    if (kind === "text" && this.#mayBeJson(text)) {
      this.#held = (this.#held ?? "") + text;
      return;
    }
    yield* this.#tell(kind, text);
  }

  /** The text is a structured output, of which its partials tell. */
  structured(): void {
    this.#isStructured = true;
    this.#held = undefined;
  }

  /** Something else comes between: what follows is another part. */
  interrupt(): void {
    this.#current = undefined;
  }

  /** The answer stands, or is taken back. */
  *end(how: "stands" | "withdrawn"): Generator<UiChunk> {
    if (how === "stands" && this.#held !== undefined) yield* this.#tell("text", this.#held);
    for (const { id, kind } of this.#open) {
      yield how === "stands"
        ? { type: `${kind}-end`, id }
        : { type: `${kind}-end`, id, providerMetadata: WITHDRAWN };
    }
    this.#open = [];
    this.#current = undefined;
    this.#held = undefined;
    this.#isStructured = false;
  }

  *#tell(kind: Kind, text: string): Generator<UiChunk> {
    if (this.#current?.kind !== kind) {
      this.#count += 1;
      this.#current = { id: `${kind}-${this.#count}`, kind };
      this.#open.push(this.#current);
      yield { type: `${kind}-start`, id: this.#current.id };
    }
    yield { type: `${kind}-delta`, id: this.#current.id, delta: text };
  }

  #mayBeJson(text: string): boolean {
    if (this.#held !== undefined) return true;
    return this.#open.every(({ kind }) => kind !== "text") && /^\s*[{[]/.test(text);
  }
}
