import { failedAnswerOf } from "@salesagent/core/http";
import { type CrmErrorFacts, type CrmKind, SalesAgentError } from "@salesagent/ports";
import type { FieldMap, UnfitValue } from "./field-map.js";
import type { ObjectType } from "./object-types.js";
import { type Fields, fieldsOf, isFields, listOf, textOf, textsOf } from "./read-json.js";

/** What a call was about, for what its refusal means. */
export interface RefusedCall {
  readonly kind: CrmKind;
  readonly type: ObjectType;
  /** By our name. */
  readonly recordId?: string | undefined;
}

/** What HubSpot says in an error: of a whole call, or of a row of a batch. */
export interface Refusal {
  readonly status: number | undefined;
  readonly body: Fields;
  readonly requestId?: string | undefined;
}

/** The refusal behind an error of the HTTP client. */
export function refusalOf(error: unknown): Refusal | undefined {
  const answer = failedAnswerOf(error);
  if (answer === undefined) return undefined;
  const body = answer.body();
  return { status: answer.status, requestId: answer.requestId, body: isFields(body) ? body : {} };
}

/** An error of the CRM where HubSpot refused what was asked; else the error itself. */
export function toCrmError(error: unknown, call: RefusedCall, map: FieldMap): unknown {
  const refusal = refusalOf(error);
  return (refusal && crmErrorOf(refusal, call, map, error)) ?? error;
}

/** The error that a refusal stands for, where it is one of the CRM's own. */
export function crmErrorOf(
  refusal: Refusal,
  call: RefusedCall,
  map: FieldMap,
  cause?: unknown,
): SalesAgentError | undefined {
  const category = textOf(refusal.body["category"]) ?? "";
  const facts = factsOf(refusal, call, category);
  const { kind, recordId } = call;
  if (refusal.status === 409 || category === "CONFLICT") {
    return exists(facts, existingIdOf(refusal.body), cause);
  }
  if (refusal.status === 404 || category === "OBJECT_NOT_FOUND") {
    return recordId === undefined ? undefined : notFoundError({ ...facts, recordId }, cause);
  }
  const [problem] = propertyProblemsOf(refusal.body);
  if (problem === undefined) return undefined;
  const field = map.fieldOf(call.type, problem.name);
  return new SalesAgentError("crm.field_invalid", {
    message: `hubspot: the ${field} of a ${kind} is refused (${problem.error}). Change the value, or the mapping of ${problem.name}.`,
    facts: { ...facts, vendorCode: problem.error, field, ...(recordId === undefined ? {} : { recordId }) },
    replay: "safe",
    cause,
  });
}

function factsOf(
  { status, requestId, body }: Refusal,
  { kind }: RefusedCall,
  vendorCode: string,
): CrmErrorFacts {
  const id = requestId ?? textOf(body["correlationId"]);
  return {
    crm: "hubspot",
    kind,
    ...(status === undefined ? {} : { status }),
    ...(vendorCode === "" ? {} : { vendorCode }),
    ...(id === undefined ? {} : { requestId: id }),
  };
}

function exists(facts: CrmErrorFacts, recordId: string | undefined, cause: unknown): SalesAgentError {
  const told = recordId === undefined ? "" : ` Its id is ${recordId}.`;
  return new SalesAgentError("crm.exists", {
    message: `hubspot: another ${facts.kind} has such a unique value already.${told} Update that one instead.`,
    facts: { ...facts, ...(recordId === undefined ? {} : { recordId }) },
    replay: "safe",
    cause,
  });
}

/** No such record any more, or one that went into another. */
export function notFoundError(
  facts: CrmErrorFacts & { readonly recordId: string; readonly mergedInto?: string },
  cause?: unknown,
): SalesAgentError {
  const { kind, recordId, mergedInto } = facts;
  const end = mergedInto === undefined ? "It was removed." : `It was merged into ${mergedInto}.`;
  return new SalesAgentError("crm.not_found", {
    message: `hubspot: there is no ${kind} ${recordId}. ${end}`,
    facts,
    replay: "safe",
    cause,
  });
}

/** A value that can't be written. */
export function unfitError(call: RefusedCall, { field, reason }: UnfitValue): SalesAgentError {
  const { kind, recordId } = call;
  return new SalesAgentError("crm.field_invalid", {
    message: `hubspot: the ${field} of a ${kind} can't be written: ${reason}.`,
    facts: { crm: "hubspot", kind, field, ...(recordId === undefined ? {} : { recordId }) },
    replay: "safe",
  });
}

/** Something that HubSpot, or this adapter, doesn't do. */
export function unsupportedError(operation: string, kind?: CrmKind): SalesAgentError {
  return new SalesAgentError("crm.unsupported", {
    message: `hubspot: ${operation} is not to be had${kind === undefined ? "" : ` for a ${kind}`}; capabilities tell what is.`,
    facts: { crm: "hubspot", operation, ...(kind === undefined ? {} : { kind }) },
    replay: "safe",
  });
}

/** A walk that can't be had whole. */
export function incompleteError(kind: CrmKind, reason: string): SalesAgentError {
  return new SalesAgentError("crm.walk_incomplete", {
    message: `hubspot: the walk over ${kind} records can't go on: ${reason}. Begin it anew.`,
    facts: { crm: "hubspot", kind, reason },
    replay: "safe",
  });
}

/** The id of the record that is there already: in the context of a row, else only in the text. */
function existingIdOf(body: Fields): string | undefined {
  const [told] = textsOf(fieldsOf(body, "context")["existingId"]);
  return told ?? /Existing ID:\s*(\d+)/i.exec(textOf(body["message"]) ?? "")?.[1];
}

interface PropertyProblem {
  readonly name: string;
  readonly error: string;
}

/** The properties that are refused: HubSpot tells them as JSON inside the message, or as a list beside it. */
function propertyProblemsOf(body: Fields): readonly PropertyProblem[] {
  const message = textOf(body["message"]) ?? "";
  const json = /:\s*(\[\{.*\}\])\s*$/s.exec(message)?.[1];
  const told = json === undefined ? [] : parsedList(json);
  const fromText = told.flatMap((item) => problemOf(item["name"], item["error"]));
  if (fromText.length > 0) return fromText;
  return listOf(body, "errors").flatMap((item) => {
    const names = textsOf(fieldsOf(item, "context")["propertyName"]);
    return problemOf(names[0] ?? item["in"], item["code"] ?? item["subCategory"]);
  });
}

function problemOf(name: unknown, error: unknown): PropertyProblem[] {
  const property = textOf(name);
  return property === undefined ? [] : [{ name: property, error: textOf(error) ?? "VALIDATION_ERROR" }];
}

function parsedList(json: string): readonly Fields[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter(isFields) : [];
  } catch {
    // The message is a text for people; one that is cut off tells no property.
    return [];
  }
}
