import type { ModelEvent, ModelRequest } from "@salesagent/ports";

/** So many characters alike at the beginning are no coincidence. */
const PROOF_CHARS = 24;

/** Keeps what a reader was given of an answer, for a model that may have to go on with it. */
export class PartialText {
  #text = "";
  #textOnly = true;

  note(event: ModelEvent): void {
    if (event.type === "text-delta") this.#text += event.text;
    else if (event.type === "restart") this.clear();
    else if (event.type.startsWith("tool-call")) this.#textOnly = false;
  }

  clear(): void {
    this.#text = "";
    this.#textOnly = true;
  }

  /** The text to go on with; nothing where only a new beginning is sound: hardly any text yet, or a tool call among it. */
  get continuable(): string | undefined {
    return this.#textOnly && this.#text.trim().length >= PROOF_CHARS ? this.#text : undefined;
  }
}

/** Whether the answer of a request can be begun by one model and ended by another. */
export function mayContinue(request: ModelRequest): boolean {
  return request.output === undefined && (request.tools?.length ?? 0) === 0;
}

/** The request with the text so far as the beginning of the model's own answer: no hidden words of ours. */
export function continuing(request: ModelRequest, text: string): ModelRequest {
  // Vendors that take a beginning refuse one that ends in white space.
  const parts = [{ type: "text", text: text.trimEnd() }] as const;
  return { ...request, messages: [...request.messages, { role: "assistant", parts }] };
}

/**
 * Proves that a continuation goes on with the text, and does not begin it anew: the latter would double it. Holds the first
 * characters back until that is plain, and takes white space away where the text ends in some already.
 */
export class ContinuationProof {
  readonly #before: string;
  #held: ModelEvent[] = [];
  #text = "";

  constructor(before: string) {
    this.#before = before.trimStart();
  }

  /**
   * @returns Nothing while it is open; then the events that were held back, and whether they begin the text anew.
   */
  push(
    events: readonly ModelEvent[],
  ): { readonly events: readonly ModelEvent[]; readonly anew: boolean } | undefined {
    let ended = false;
    for (const event of events) {
      this.#held.push(event);
      if (event.type === "text-delta") this.#text += event.text;
      if (event.type === "finish") ended = true;
    }
    const begun = this.#text.trimStart();
    if (begun.length < PROOF_CHARS && !ended) return undefined;
    const anew = begun.length >= PROOF_CHARS && begun.startsWith(this.#before.slice(0, PROOF_CHARS));
    return { events: anew ? this.#held : this.#joined(), anew };
  }

  #joined(): readonly ModelEvent[] {
    if (!/\s$/.test(this.#before)) return this.#held;
    let open = true;
    return this.#held.flatMap((event) => {
      if (!open || event.type !== "text-delta") return [event];
      const text = event.text.trimStart();
      if (text === "" && event.providerData === undefined) return [];
      open = text === "";
      return [{ ...event, text }];
    });
  }
}
