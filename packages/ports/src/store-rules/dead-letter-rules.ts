import type { DeadLetter, DeadLetterStore } from "../stores/dead-letter-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalError, toNormalName } from "./link-rules.js";
import { toNormalKind } from "./record-rules.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** A letter as it is added. */
export type DeadLetterDraft = Parameters<DeadLetterStore["add"]>[0];

const LONGEST_HISTORY = 20;

/** @throws `store.invalid`. */
export function toNormalDeadLetter(letter: DeadLetterDraft): DeadLetterDraft {
  const { id, connection, kind, recordId, crmId, operation, payload, error, addedAt } = letter;
  const toName = (field: string, name: string) => toNormalId("deadLetters", `letter.${field}`, name);
  if (!isPlainObject(payload)) throw invalidValue("deadLetters", "letter.payload", "it is not an object");
  return Object.freeze({
    id: toName("id", id),
    connection: toNormalName("deadLetters", "letter.connection", connection),
    kind: toNormalKind("deadLetters", "letter.kind", kind),
    ...(recordId === undefined ? {} : { recordId: toName("recordId", recordId) }),
    ...(crmId === undefined ? {} : { crmId: toName("crmId", crmId) }),
    operation: toName("operation", operation),
    payload: toStorable("deadLetters", "letter.payload", payload),
    error: toNormalError("deadLetters", "letter.error", error),
    addedAt: toInstant("deadLetters", "letter.addedAt", addedAt),
  });
}

/** @throws `store.invalid`. */
export function checkLetterEnd(status: "replayed" | "dropped", by: string | undefined): void {
  if (status !== "replayed" && status !== "dropped") {
    throw invalidValue("deadLetters", "status", "it is not one of replayed, dropped");
  }
  if (by !== undefined) toNormalId("deadLetters", "by", by);
}

/** What tells open letters apart, as one text: two of the same are one letter. */
export function toLetterKey({ connection, kind, recordId, crmId, operation }: DeadLetterDraft): string {
  const about = recordId === undefined ? [null, crmId ?? null] : [recordId];
  return JSON.stringify([connection, kind, operation, ...about]);
}

/** An open letter that the same happened to once more: what it had goes to its history. */
export function addFailure(before: DeadLetter, again: DeadLetterDraft): DeadLetter {
  const { crmId = before.crmId, payload, error, addedAt } = again;
  const history = [...before.history, { at: before.updatedAt, error: before.error }].slice(-LONGEST_HISTORY);
  return Object.freeze({
    ...before,
    ...(crmId === undefined ? {} : { crmId }),
    payload,
    error,
    history: Object.freeze(history.map((entry) => Object.freeze(entry))),
    updatedAt: addedAt,
  });
}

/** A letter that was not there before. */
export function openLetter(letter: DeadLetterDraft): DeadLetter {
  return Object.freeze({
    ...letter,
    history: Object.freeze([]),
    status: "open" as const,
    updatedAt: letter.addedAt,
  });
}
