import { failedAnswerOf } from "@salesagent/core/http";
import { type CrmErrorFacts, type CrmKind, SalesAgentError } from "@salesagent/ports";
import { apolloWords } from "./apollo-client.js";
import type { ApolloMapping } from "./apollo-mapping.js";
import type { ApolloKind } from "./from-record.js";
import { WRITABLE } from "./to-record.js";

/** What a call was about, for its errors. */
export interface CalledRecord {
  readonly kind: ApolloKind;
  readonly id?: string | undefined;
  readonly mapping: ApolloMapping;
}

/** A refusal of Apollo as one of a CRM: no such record, or a value that it does not take. All else stays as it is. */
export function toCrmError(error: unknown, { kind, id, mapping }: CalledRecord): unknown {
  const answer = failedAnswerOf(error);
  if (!SalesAgentError.is(error, "service.refused") || answer === undefined) return error;
  const { code, words } = apolloWords(answer);
  const facts: CrmErrorFacts = {
    crm: "apollo",
    kind,
    status: answer.status,
    ...(code === undefined ? {} : { vendorCode: code }),
    ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
  };
  const isNoId = answer.status === 404 || /not a valid id/i.test(words);
  if (isNoId && id !== undefined) return notFound(kind, id, facts, error);
  if (answer.status !== 422 && answer.status !== 400) return error;
  const field = fieldIn(words, kind, mapping);
  if (field === undefined) return error;
  return new SalesAgentError("crm.field_invalid", {
    message: `apollo: it refuses the value of ${field} of a ${kind}. Correct the value; the record stands as it was.`,
    facts: { ...facts, field, ...(id === undefined ? {} : { recordId: id }) },
    replay: "safe",
    cause: error,
  });
}

/** No such record. */
function notFound(kind: CrmKind, id: string, facts: Partial<CrmErrorFacts> = {}, cause?: unknown) {
  return new SalesAgentError("crm.not_found", {
    message: `apollo: there is no ${kind} of the id ${id}; it may have been removed or merged. Look it up by another key.`,
    facts: { crm: "apollo", kind, recordId: id, ...facts },
    replay: "safe",
    cause,
  });
}

/** What Apollo does not do. */
export function unsupported(operation: string, kind: CrmKind | undefined, advice: string) {
  return new SalesAgentError("crm.unsupported", {
    message: `apollo: ${operation}${kind === undefined ? "" : ` of a ${kind}`} is not possible. ${advice}`,
    facts: { crm: "apollo", operation, ...(kind === undefined ? {} : { kind }) },
    replay: "safe",
  });
}

/** A walk that can't be had whole. */
export function walkIncomplete(kind: CrmKind, reason: string, advice: string) {
  return new SalesAgentError("crm.walk_incomplete", {
    message: `apollo: the ${kind} records can't be walked over whole: ${reason}. ${advice}`,
    facts: { crm: "apollo", kind, reason },
    replay: "safe",
  });
}

/** Our name of the field that a refusal speaks of. */
function fieldIn(words: string, kind: ApolloKind, mapping: ApolloMapping): string | undefined {
  for (const [name, { field }] of Object.entries(mapping[kind] ?? {})) if (words.includes(field)) return name;
  const named = Object.entries(WRITABLE[kind]).filter(([, vendorName]) => speaksOf(words, vendorName));
  return named[0]?.[0];
}

const speaksOf = (words: string, vendorName: string) =>
  new RegExp(`\\b${vendorName.replaceAll("_", "[_ ]")}\\b`, "i").test(words);
