import type { RecordKind } from "@salesagent/ports";
import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";

/** Kinds of records, in the order in which they are synced. */
export const KINDS = ["company", "contact", "deal"] as const satisfies readonly RecordKind[];

/** @param what - What the word is given as, such as `--kind`. @throws UsageError naming the kinds. */
export function toKind(word: string | undefined, what: string): RecordKind {
  const kind = KINDS.find((known) => known === word);
  if (kind) return kind;
  const given = word === undefined ? "" : `; got "${word}"${didYouMean(word, KINDS)}`;
  throw new UsageError(`${what} must be one of ${KINDS.join(", ")}${given}.`);
}

/** Kinds with commas between them; nothing where none is named. @throws UsageError */
export function toKinds(words: string | undefined): readonly RecordKind[] | undefined {
  return words?.split(",").map((word) => toKind(word.trim(), "--kinds"));
}
