import { factsOfField } from "../profile/field-path.js";
import type { KeywordsCriterion } from "../profile/ideal-customer-profile.js";
import type { FieldReader } from "./field-reader.js";
import { foldText, isWordUnit } from "./fold-text.js";
import { listOr, neededOf, type ReaderOf, type Rule, unknownFinding } from "./rule.js";

/** A word made ready for search. */
interface SearchedWord {
  /** As the profile writes it, in quotes. */
  readonly shown: string;
  readonly text: string;
  /** Whether a letter before, or after, the place would make it another word. */
  readonly guardsStart: boolean;
  readonly guardsEnd: boolean;
}

/** Takes the `*` off a word of the profile; `C++` needs no word's end after it. */
export function prepareWord(word: string): SearchedWord {
  const trimmed = word.trim();
  const isPrefix = trimmed.endsWith("*");
  const text = foldText(isPrefix ? trimmed.slice(0, -1) : trimmed);
  return {
    shown: `"${trimmed}"`,
    text,
    guardsStart: isWordUnit(text.charCodeAt(0)),
    guardsEnd: !isPrefix && isWordUnit(text.charCodeAt(text.length - 1)),
  };
}

/** Whether a folded text holds the word as a whole word. */
function holdsWord(folded: string, word: SearchedWord): boolean {
  const { text, guardsStart, guardsEnd } = word;
  for (let at = folded.indexOf(text); at !== -1; at = folded.indexOf(text, at + 1)) {
    const end = at + text.length;
    const startsClean = !guardsStart || at === 0 || !isWordUnit(folded.charCodeAt(at - 1));
    if (startsClean && (!guardsEnd || end === folded.length || !isWordUnit(folded.charCodeAt(end))))
      return true;
  }
  return false;
}

/** `description mentions`, `keywords mention`. */
const mentions = (field: FieldReader): string =>
  `${field.label} ${factsOfField(field.path).kind === "list" ? "mention" : "mentions"}`;

/** Makes a `keywords` criterion ready. */
export function createKeywordsRule(criterion: KeywordsCriterion, readerOf: ReaderOf): Rule {
  const fields = criterion.fields.map(readerOf);
  const [firstField = readerOf(criterion.fields[0] ?? "company.description")] = fields;
  const words = criterion.words.map(prepareWord);
  const needed = neededOf(criterion.match, words.length);
  const unknown = unknownFinding(firstField);
  const missed = ` none of ${listOr(words.map(({ shown }) => shown))}`;
  return (lead) => {
    const texts = fields.map((field) => field.readFolded(lead));
    let at = firstField;
    let found = 0;
    let evidence = "";
    for (const word of words) {
      const index = texts.findIndex((text) => text !== undefined && holdsWord(text, word));
      if (index === -1) continue;
      if (found === 0) at = fields[index] ?? firstField;
      evidence = found === 0 ? `${mentions(at)} ${word.shown}` : `${evidence}, ${word.shown}`;
      found += 1;
      if (found === needed) break;
    }
    if (found > 0) {
      const short = found < needed ? ` only, of ${needed} wanted` : "";
      return { knowledge: "known", share: found / needed, evidence: evidence + short, field: at };
    }
    const known = texts.findIndex((text) => text !== undefined);
    const read = fields[known];
    if (read === undefined) return unknown;
    return { knowledge: "known", share: 0, evidence: mentions(read) + missed, field: read };
  };
}
