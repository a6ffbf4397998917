import type { LeadDraft } from "../records/lead.js";
import type { LeadQuery } from "../stores/lead-store.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** Longer searches are refused. */
const MOST_CHARACTERS = 200;
const MOST_WORDS = 8;
/** How much of a field is looked through, and how much of a word counts; in characters. */
const SEARCHED_CHARACTERS = 500;
const WORD_CHARACTERS = 64;
/** A score is sorted by whole millionths of it. */
const SCORE_STEPS = 1_000_000;

/** What parts words. A database that keeps words splits and folds texts in the same way. */
const SEPARATORS =
  /[\p{Cc}\u0020-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+/u;

/** Which leads to find, checked. */
export interface NormalLeadQuery extends Pick<LeadQuery, "stage" | "source"> {
  /** What words begin with. Absent where nothing is searched for. */
  readonly words: readonly string[] | undefined;
  /** As {@link toScoreRank} gives them. */
  readonly minRank: number | undefined;
  readonly maxRank: number | undefined;
  readonly order: "stored" | "score";
}

/** @throws `store.invalid`. */
export function toNormalLeadQuery(query: LeadQuery): NormalLeadQuery {
  const { stage, source, search, minScore, maxScore, order = "stored" } = toStorable("leads", "query", query);
  return {
    ...{ stage, source, order },
    words: search === undefined ? undefined : toSearchedWords(search),
    minRank: minScore === undefined ? undefined : toScoreRank(minScore),
    maxRank: maxScore === undefined ? undefined : toScoreRank(maxScore),
  };
}

function toSearchedWords(search: string): readonly string[] {
  if (search.length > MOST_CHARACTERS) {
    throw invalidValue("leads", "query.search", `it is longer than ${MOST_CHARACTERS} characters`);
  }
  const words = [...new Set(toWords(search.normalize("NFC")))];
  if (words.length > MOST_WORDS) {
    throw invalidValue("leads", "query.search", `it has more than ${MOST_WORDS} words`);
  }
  return words;
}

/** What a score is sorted by: whole, so that a cursor holds it. */
export function toScoreRank(score: number): number {
  return Math.round(Math.min(Math.max(score, 0), 100) * SCORE_STEPS);
}

/** Whether each of the words begins one of the lead's. */
export function hasWords({ company, contact }: LeadDraft, wanted: readonly string[]): boolean {
  const { firstName, lastName, fullName, email } = contact ?? {};
  const words = [company.name, company.domain, firstName, lastName, fullName, email].flatMap((field) =>
    field === undefined ? [] : toWords(cut(field, SEARCHED_CHARACTERS)),
  );
  return wanted.length > 0 && wanted.every((start) => words.some((word) => word.startsWith(start)));
}

function toWords(text: string): readonly string[] {
  return toOneCase(text)
    .split(SEPARATORS)
    .flatMap((word) => (word === "" ? [] : cut(word, WORD_CHARACTERS)));
}

/** Each letter stays one, wherever it stands in its word: as a database that folds letter by letter does it. */
function toOneCase(text: string): string {
  return text.replaceAll("İ", "i").toLowerCase().replaceAll("ς", "σ");
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : [...text].slice(0, characters).join("");
}
