/** Words that end in a full stop and don't end a sentence, folded, without it. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  (
    "mr mrs ms dr prof sr jr st mt rev hon gen col capt lt sgt no nos vs etc approx inc ltd co corp llc plc dept est fig vol pp p ch sec " +
    "e.g i.e a.m p.m u.s u.k jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun " +
    "z.b d.h u.a bzw ca ggf inkl evtl usw nr str tel hr fr mio mrd vgl"
  ).split(" "),
);

/** "1. First", "am 3. Mai", "No. 5": a number that counts something, at the beginning or after such a word. */
const ORDINAL =
  /(?:^\s*|(?:^|\s)(?:am|ab|bis|das|dem|den|der|des|die|im|nach|seit|und|vom|zum|zur)\s+)\d{1,2}$/iu;

const LATIN_END = /[.!?…]["'’”»)\]]*$/u;
const WIDE_END = /[。！？][」』）”]*$/u;
/** What belongs to the character before it, so that nothing may be cut in front of it. */
const CLINGING = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;
const WIDE_CLOSER = /^[。！？」』）”]/u;
const SPACE = /\s/u;
const SPEAKABLE = /[\p{L}\p{N}]/u;

/** A text longer than this without an end of a sentence is cut at a space, so that speech does not wait for it. */
const MAX_SENTENCE_CHARS = 300;

/** Whether there is anything in a text that can be spoken: an emoji or a dash alone can't. */
export const isSpeakable = (text: string): boolean => SPEAKABLE.test(text);

/**
 * Cuts a text that is still being written into sentences, each as soon as it is known to be over. The pieces put together are
 * the text, and how it comes in does not change where it is cut. It rather joins two sentences than cut one: not after
 * abbreviations, initials, ordinals, or before a small letter; never inside a number, an address or an emoji. No piece is much longer than `maxChars`.
 */
export class SentenceSplitter {
  readonly #maxChars: number;
  /** What is not given out yet. */
  #held = "";
  /** Set where a sentence may be over, at the space or wide full stop just read: what comes next decides. */
  #mayCut = false;
  readonly #graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

  constructor({ maxChars = MAX_SENTENCE_CHARS }: { readonly maxChars?: number | undefined } = {}) {
    this.#maxChars = maxChars;
  }

  /** @param text - Whole code points. @returns The sentences that are over now. */
  push(text: string): string[] {
    const sentences: string[] = [];
    for (const char of text) {
      if (this.#mayCut && this.#cutsBefore(char)) sentences.push(this.#take(this.#held.length));
      this.#held += char;
      if (SPACE.test(char)) this.#mayCut ||= this.#endsAtSpace(char);
      else this.#mayCut = WIDE_END.test(this.#held.slice(-4));
      if (this.#held.length >= this.#maxChars) sentences.push(...this.#cutLong());
    }
    return sentences;
  }

  /** What is left when the text is over. */
  flush(): string[] {
    return this.#held === "" ? [] : [this.#take(this.#held.length)];
  }

  #take(chars: number): string {
    const sentence = this.#held.slice(0, chars);
    this.#held = this.#held.slice(chars);
    this.#mayCut = false;
    return sentence;
  }

  #cutsBefore(next: string): boolean {
    if (SPACE.test(next) || CLINGING.test(next) || WIDE_CLOSER.test(next) || !isSpeakable(this.#held))
      return false;
    const end = this.#held.trimEnd();
    return !(end.endsWith(".") && /^\p{Ll}/u.test(next));
  }

  /** Whether the space just read may follow the end of a sentence; it is in what is held already. */
  #endsAtSpace(space: string): boolean {
    if (space === "\n") return true;
    const text = this.#held.slice(0, -1);
    if (!LATIN_END.test(text.slice(-8))) return false;
    const before = /^(.*\S)\.["'’”»)\]]*$/su.exec(text.slice(-60))?.[1];
    return before === undefined || !(isAbbreviation(before) || ORDINAL.test(before));
  }

  /** Before the last word; where there is only one, before its last character. */
  #cutLong(): string[] {
    const word = this.#held.search(/\S+$/u);
    const beforeWord = CLINGING.test(this.#held.slice(word)) ? 0 : word;
    if (beforeWord > 0 && isSpeakable(this.#held.slice(0, beforeWord))) return [this.#take(beforeWord)];
    return this.#held.length < 2 * this.#maxChars ? [] : [this.#take(this.#lastCharacter())];
  }

  /** Where the last character begins, as people count them. */
  #lastCharacter(): number {
    let last = 0;
    for (const { index } of this.#graphemes.segment(this.#held)) last = index;
    return last;
  }
}

/** Whether a text ends in an abbreviation or an initial, such as that of "J. Smith". */
function isAbbreviation(text: string): boolean {
  const word = (/\S+$/u.exec(text)?.[0] ?? "").replace(/^["'‘“«([]+/u, "").toLowerCase();
  return ABBREVIATIONS.has(word) || /^\p{L}$/u.test(word);
}
