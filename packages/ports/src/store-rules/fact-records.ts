import type { FactRecord } from "../stores/fact-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const LONGEST_TEXT = 10_000;

/** The facts as they are kept, each id once: the last one counts. @throws `store.invalid`. */
export function toNormalFacts(facts: readonly FactRecord[]): readonly FactRecord[] {
  const byId = new Map<string, FactRecord>();
  facts.forEach((fact, index) => {
    const normal = toNormalFact(`facts[${index}]`, fact);
    byId.set(normal.id, normal);
  });
  return [...byId.values()];
}

function toNormalFact(field: string, fact: FactRecord): FactRecord {
  const { id, subject, text, threadId, runId, data, createdAt, expiresAt } = fact;
  const toName = (name: string, value: string) => toNormalId("facts", `${field}.${name}`, value);
  if (typeof text !== "string" || text.length === 0 || text.length > LONGEST_TEXT) {
    throw invalidValue("facts", `${field}.text`, `a fact is a text of 1–${LONGEST_TEXT} characters`);
  }
  return Object.freeze({
    id: toName("id", id),
    subject: toName("subject", subject),
    text: toStorable("facts", `${field}.text`, text),
    ...(threadId === undefined ? {} : { threadId: toName("threadId", threadId) }),
    ...(runId === undefined ? {} : { runId: toName("runId", runId) }),
    ...(data === undefined ? {} : { data: toStorable("facts", `${field}.data`, data) }),
    createdAt: toInstant("facts", `${field}.createdAt`, createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: toInstant("facts", `${field}.expiresAt`, expiresAt) }),
  });
}
