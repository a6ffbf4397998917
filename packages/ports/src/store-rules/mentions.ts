import { SalesAgentError } from "../error.js";
import type { JsonValue } from "../json.js";
import { ERASED, type PersonQuery } from "../stores/erasure-store.js";

const MOST_MENTIONS = 50;
const SHORTEST_CHARS = 3;
const LONGEST_CHARS = 400;

/** Finds a person in records, and takes them out: one rule for every store and queue. */
export interface Mentions {
  /** Lower case, for a store's own search that may find too much. */
  readonly texts: readonly string[];
  /** Whether a value mentions the person, in a text or in a name of a field. */
  isIn(value: JsonValue | undefined): boolean;
  /** A copy with {@link ERASED} in the place of each mention; the value itself where there is none. */
  erasedFrom<T extends JsonValue>(value: T): T;
}

/** @throws `store.invalid` naming the text that can't be looked for. */
export function toMentions({ mentions }: Pick<PersonQuery, "mentions">): Mentions {
  const texts = [...new Set(checked(mentions).flatMap(toForms))];
  const pattern = new RegExp(texts.map(toPattern).join("|"), "giu");
  const inText = (text: string) => text.search(pattern) >= 0;
  const replaced = (text: string): string => {
    const left = text.replace(pattern, ERASED);
    return inText(left) ? replaced(left) : left; // what stood before a mention that is gone may be one now
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
    if (new RegExp(toPattern(text.trim()), "iu").test(ERASED)) {
      throw refused(`mentions[${index}]`, `it would be found in ${ERASED}, which stands for what was erased`);
    }
  });
  return mentions.map((text) => text.trim());
}

/** How a text may stand in a record: composed, decomposed, and as a part of an address of the web. */
function toForms(text: string): readonly string[] {
  const lower = text.toLowerCase();
  return [lower.normalize("NFC"), lower.normalize("NFD"), encodeURIComponent(lower).toLowerCase()];
}

/** Before it no sign that belongs to an address, after it no letter or digit, nor one that a dot or a dash leads to. */
function toPattern(text: string): string {
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`);
  return `(?<![\\p{L}\\p{N}._%+\\-])${literal}(?![\\p{L}\\p{N}]|[.\\-][\\p{L}\\p{N}])`;
}

function refused(field: string, problem: string): SalesAgentError<"store.invalid"> {
  return new SalesAgentError("store.invalid", {
    message: `person.${field} can't be looked for: ${problem}.`,
    facts: { store: "erasure", field: `person.${field}` },
    replay: "safe",
  });
}
