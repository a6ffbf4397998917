import { SalesAgentError } from "../error.js";
import type { JsonValue } from "../json.js";
import { ERASED, type PersonQuery } from "../stores/erasure-store.js";

const MOST_MENTIONS = 50;
const SHORTEST_CHARS = 3;
const LONGEST_CHARS = 400;
/** So often a text is gone through for mentions that others hid. What needs more was made to be slow. */
const MOST_PASSES = 20;
/** Scripts that are written without spaces, or that join endings to names: their letters may stand next to any mention. */
const JOINING = `[${["Han", "Hira", "Kana", "Hang", "Thai", "Laoo", "Khmr", "Mymr"].map((it) => `\\p{sc=${it}}`).join("")}]`;
const LETTER = `(?!${JOINING})[\\p{L}\\p{N}]`;
/** A sign as it stands in an address of the web or in a text of JSON, which ends in a letter or digit but is none. */
const ESCAPE = "%(?:[01][0-9a-f]|2[0-46-9acf]|3[a-f]|40|5[bcde]|60|7[bcde])|\\\\[bfnrt]";

/** Finds a person in records, and takes them out: one rule for every store and queue. */
export interface Mentions {
  /** With the letters of ASCII in lower case, for a store's own search that may find too much. White space stands for any. */
  readonly texts: readonly string[];
  /** Whether a value mentions the person, in a text or in a name of a field. */
  isIn(value: JsonValue | undefined): boolean;
  /** A copy with {@link ERASED} in the place of each mention; the value itself where there is none. */
  erasedFrom<T extends JsonValue>(value: T): T;
}

/** @throws `store.invalid` naming the text that can't be looked for. */
export function toMentions({ mentions }: Pick<PersonQuery, "mentions">): Mentions {
  // the longest first: of a name with its surname nothing is left where the name alone is a mention too
  const texts = [...new Set(checked(mentions).flatMap(toForms))].sort((a, b) => b.length - a.length);
  const literals = new RegExp(texts.map(toLiteral).join("|"), "giu");
  const whole = new RegExp(texts.map(toPattern).join("|"), "iuy");
  const inText = (text: string) => !findMentions(text, literals, whole).next().done;
  const replaced = (text: string): string => {
    let left = text;
    // what stood before a mention that is gone may be one now
    for (let pass = 0; inText(left); pass++) {
      left = pass < MOST_PASSES ? withoutMentions(left, literals, whole) : left.replace(literals, ERASED);
    }
    return left;
  };
  const isIn = (value: JsonValue | undefined): boolean => {
    if (typeof value === "string") return inText(value);
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some(isIn);
    return Object.entries(value).some(([name, item]) => inText(name) || isIn(item));
  };
  const erased = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return replaced(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(erased);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [replaced(name), erased(item)]));
  };
  return {
    texts,
    isIn,
    erasedFrom: <T extends JsonValue>(value: T) => (isIn(value) ? (erased(value) as T) : value),
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * @param literals - Finds where one may begin: engines search fast for texts with no conditions around them.
 * @param whole - Decides there.
 */
function* findMentions(text: string, literals: RegExp, whole: RegExp): Generator<Span, void, void> {
  let from = 0;
  for (;;) {
    literals.lastIndex = from;
    const start = literals.exec(text)?.index;
    if (start === undefined) return;
    whole.lastIndex = start;
    const end = whole.test(text) ? whole.lastIndex : undefined;
    if (end !== undefined) yield { start, end };
    from = end ?? start + 1;
  }
}

function withoutMentions(text: string, literals: RegExp, whole: RegExp): string {
  const kept: string[] = [];
  let from = 0;
  for (const { start, end } of findMentions(text, literals, whole)) {
    kept.push(text.slice(from, start));
    from = end;
  }
  return [...kept, text.slice(from)].join(ERASED);
}

function checked(mentions: readonly string[]): readonly string[] {
  if (!Array.isArray(mentions) || mentions.length === 0 || mentions.length > MOST_MENTIONS) {
    throw refused("mentions", `it must be a list of 1–${MOST_MENTIONS} texts`);
  }
  mentions.forEach((text, index) => {
    const chars = typeof text === "string" ? text.trim().length : 0;
    if (chars < SHORTEST_CHARS || chars > LONGEST_CHARS) {
      throw refused(
        `mentions[${index}]`,
        `it must be a text of ${SHORTEST_CHARS}–${LONGEST_CHARS} characters`,
      );
    }
    if (/\p{Surrogate}/u.test(text)) {
      throw refused(`mentions[${index}]`, "half of a sign of Unicode stands in it");
    }
    if (new RegExp(toPattern(text.trim()), "iu").test(ERASED)) {
      throw refused(`mentions[${index}]`, `it would be found in ${ERASED}, which stands for what was erased`);
    }
  });
  return mentions.map((text) => text.trim());
}

/**
 * How a text may stand in a record: composed, decomposed, as a part of an address of the web, and as JSON of nothing but ASCII.
 * In lower case and as it was given: some letters, as the Turkish ones, are not equal to their own lower case.
 */
function toForms(text: string): readonly string[] {
  const given = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return [text.toLowerCase(), given].flatMap((it) => {
    const [composed, decomposed] = [it.normalize("NFC"), it.normalize("NFD")];
    const inAddress = encodeURIComponent(composed).toLowerCase();
    const plain = [composed, decomposed, inAddress, inAddress.replaceAll("%20", "+")];
    return [...plain, composed.replace(/[^\0-\x7f]/g, toJsonEscape)];
  });
}

function toJsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Before it no letter or digit, also with signs of an address between; after it none, nor one that a dot or a dash leads to. */
function toPattern(text: string): string {
  return `(?:(?<!${LETTER}[._%+\\-]{0,3})|(?<=${ESCAPE}))${toLiteral(text)}(?![.\\-]?${LETTER})`;
}

function toLiteral(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`)
    .replace(/\s+/g, "(?:\\s+|(?:\\\\[nrt])+)");
}

function refused(field: string, problem: string): SalesAgentError<"store.invalid"> {
  return new SalesAgentError("store.invalid", {
    message: `person.${field} can't be looked for: ${problem}.`,
    facts: { store: "erasure", field: `person.${field}` },
    replay: "safe",
  });
}
