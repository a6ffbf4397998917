import { untilAborted } from "@salesagent/ports";
import type { Input } from "../io.js";

/** Lines that a person types, one at a time. */
export class TypedLines implements Disposable {
  readonly #input: Input;
  readonly #chunks: AsyncIterator<string | Uint8Array>;
  readonly #decoder = new TextDecoder();
  #held = "";
  #isOver = false;

  constructor(input: Input) {
    this.#input = input;
    this.#chunks = input[Symbol.asyncIterator]();
  }

  /** The next line, without its end; nothing when there are no more. @throws The signal's reason. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const at = this.#held.indexOf("\n");
      if (at !== -1) return this.#take(at);
      if (this.#isOver) return this.#held === "" ? undefined : this.#take(this.#held.length);
      const step = await untilAborted(this.#chunks.next(), signal);
      if (step.done) this.#isOver = true;
      else this.#held += this.#toText(step.value);
    }
  }

  [Symbol.dispose](): void {
    this.#input.destroy?.();
  }

  #take(end: number): string {
    const line = this.#held.slice(0, end).replace(/\r$/, "");
    this.#held = this.#held.slice(end + 1);
    return line;
  }

  #toText(chunk: string | Uint8Array): string {
    return typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true });
  }
}
