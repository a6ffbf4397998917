import type { ModelEvent, ModelRequest } from "@salesagent/ports";

/** So many characters alike are no coincidence. */
const PROOF_CHARS = 24;
/** So many may be one; where they stand as in a text that is begun anew or said twice, nobody can tell. */
const DOUBT_CHARS = 8;
/** Between two of these no word ends where another begins, so that each may be the first of a repetition. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}]/u;

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

  /**
   * The text to go on with; nothing where only a new beginning is sound: hardly any text yet, a tool call among it, or half a
   * character at its end.
   */
  get continuable(): string | undefined {
    const isSound = this.#textOnly && !/[\ud800-\udbff]$/.test(this.#text);
    return isSound && this.#text.trim().length >= PROOF_CHARS ? this.#text : undefined;
  }
}

/** Whether the answer of a request can be begun by one model and ended by another. One that was begun by its caller can't. */
export function mayContinue({ output, tools = [], messages }: ModelRequest): boolean {
  return output === undefined && tools.length === 0 && messages.at(-1)?.role !== "assistant";
}

/** The request with the text so far as the beginning of the model's own answer: no hidden words of ours. */
export function continuing(request: ModelRequest, text: string): ModelRequest {
  // Vendors that take a beginning refuse one that ends in white space.
  const parts = [{ type: "text", text: text.trimEnd() }] as const;
  return { ...request, messages: [...request.messages, { role: "assistant", parts }] };
}

/**
 * What a continuation turned out to be: it goes `on` with the text, it begins the text `anew`, or it is `doubtful`: neither is
 * plain, so that passing it on might double a part of the text or lose one.
 */
export type ContinuationVerdict = "on" | "anew" | "doubtful";

/**
 * Proves that a continuation goes on with the text, and does not say again what was said: that would double it. Holds the first
 * characters back until that is plain, and joins the white space of both sides as the model meant it.
 */
export class ContinuationProof {
  readonly #before: string;
  #held: ModelEvent[] = [];
  #text = "";

  constructor(before: string) {
    this.#before = before.trimStart();
  }

  /** @returns Nothing while it is open; then the events that were held back, and what they are. */
  push(
    events: readonly ModelEvent[],
  ): { readonly events: readonly ModelEvent[]; readonly verdict: ContinuationVerdict } | undefined {
    let ended = false;
    for (const event of events) {
      this.#held.push(event);
      if (event.type === "text-delta") this.#text += event.text;
      if (event.type === "finish") ended = true;
    }
    const begun = this.#text.trimStart();
    if (begun.length < PROOF_CHARS && !ended) return undefined;
    const verdict = this.#judge(begun);
    return { events: verdict === "on" ? this.#joined() : this.#held, verdict };
  }

  #judge(begun: string): ContinuationVerdict {
    const before = this.#before;
    if (begun.length >= PROOF_CHARS && begun.startsWith(before.slice(0, PROOF_CHARS))) return "anew";
    // "Sure! Figma is…" begins anew, too. Models that were shown a whole answer, as it seems to them, say nothing more.
    const isDoubtful =
      begun === "" ||
      this.#breaksWord() ||
      begun.slice(0, 2 * PROOF_CHARS).includes(before.slice(0, DOUBT_CHARS)) ||
      (begun.length >= PROOF_CHARS && before.includes(begun.slice(0, PROOF_CHARS))) ||
      saysLastAgain(before.trimEnd(), begun);
    return isDoubtful ? "doubtful" : "on";
  }

  /** Readers have white space that the model was not shown, and it went on within a word. */
  #breaksWord(): boolean {
    return /\s$/.test(this.#before) && !/^\s/.test(this.#text);
  }

  #joined(): readonly ModelEvent[] {
    const given = /\s*$/.exec(this.#before)?.[0] ?? "";
    const meant = /^\s*/.exec(this.#text)?.[0] ?? "";
    let surplus = surplusOf(given, meant);
    return this.#held.flatMap((event) => {
      if (surplus === 0 || event.type !== "text-delta") return [event];
      const text = event.text.slice(surplus);
      surplus -= event.text.length - text.length;
      return text === "" && event.providerData === undefined ? [] : [{ ...event, text }];
    });
  }
}

/** How much of the white space at the beginning of a continuation readers have already. */
function surplusOf(given: string, meant: string): number {
  if (meant.startsWith(given)) return given.length;
  // A new paragraph is one, whatever stood at the end of the line before it.
  return meant.includes("\n") && !given.includes("\n") ? 0 : meant.length;
}

/** Whether a continuation begins with what the text ends with: its last words, or many of its last characters. */
function saysLastAgain(before: string, begun: string): boolean {
  for (let length = Math.min(before.length, begun.length, PROOF_CHARS); length > 0; length--) {
    const from = before.length - length;
    if (
      before.startsWith(begun.slice(0, length), from) &&
      (length >= DOUBT_CHARS || isWordStart(before, from))
    ) {
      return true;
    }
  }
  return false;
}

function isWordStart(text: string, from: number): boolean {
  const previous = text.slice(0, from).at(-1);
  return (
    previous === undefined || /[^\p{L}\p{N}]/u.test(previous) || UNSPACED.test(text.slice(from - 1, from + 1))
  );
}
