import { failedAnswerOf } from "@salesagent/core/http";
import { type CrmKind, type ErrorFacts, type Replay, SalesAgentError } from "@salesagent/ports";
import { isRecord, recordOf } from "./json-record.js";

type CrmCode =
  | "crm.exists"
  | "crm.not_found"
  | "crm.field_invalid"
  | "crm.unsupported"
  | "crm.walk_incomplete";

/** What an error of Close's carries beside its name. */
type OwnFacts<C extends CrmCode> = Omit<ErrorFacts[C], "crm" | "kind">;

/** An error of this CRM. */
export function crmError<C extends CrmCode>(
  code: C,
  told: {
    readonly message: string;
    readonly facts: OwnFacts<C>;
    readonly kind?: CrmKind | undefined;
    readonly replay?: Replay;
    readonly cause?: unknown;
  },
): SalesAgentError<C> {
  const { message, facts, kind, replay = "safe", cause } = told;
  const all = { crm: "close", ...(kind === undefined ? {} : { kind }), ...facts } as ErrorFacts[C];
  return new SalesAgentError(code, { message, facts: all, replay, cause });
}

/** What Close can't do. */
export function unsupported(operation: string, kind: CrmKind): SalesAgentError<"crm.unsupported"> {
  return crmError("crm.unsupported", {
    kind,
    message: `Close has no ${operation} of a ${kind}: see capabilities.kinds.${kind}.`,
    facts: { operation },
  });
}

/** A record that isn't there. */
export function notFound(kind: CrmKind, recordId: string, mergedInto?: string, cause?: unknown) {
  const where = mergedInto === undefined ? "It was removed" : `It was merged into ${mergedInto}`;
  return crmError("crm.not_found", {
    kind,
    message: `Close has no ${kind} ${recordId}. ${where}, or is of another organisation.`,
    facts: { recordId, ...(mergedInto === undefined ? {} : { mergedInto }) },
    cause,
  });
}

/** What a refusal is about. */
export interface RefusedCall {
  readonly kind: CrmKind;
  readonly recordId?: string | undefined;
  /** Our name of a field of Close's. */
  readonly nameOf: (field: string) => string;
}

/** Close's refusal of a value as `crm.field_invalid`; every other error as it came. */
export function fieldRefusal(error: unknown, { kind, recordId, nameOf }: RefusedCall): unknown {
  if (!SalesAgentError.is(error, "service.refused") || error.facts.status !== 400) return error;
  const { "field-errors": fields } = recordOf(failedAnswerOf(error)?.body());
  const first = isRecord(fields) ? Object.entries(fields)[0] : undefined;
  if (first === undefined) return error;
  const field = nameOf(first[0]);
  return crmError("crm.field_invalid", {
    kind,
    message: `Close refuses ${field} of a ${kind}: ${wordsOf(first[1])} Correct the value, or leave the field out.`,
    facts: {
      field,
      status: 400,
      ...(recordId === undefined ? {} : { recordId }),
      ...(error.facts.requestId === undefined ? {} : { requestId: error.facts.requestId }),
    },
    cause: error,
  });
}

const LONGEST_WORDS = 200;

/** Close's words on a field, which are nested for lists. Addresses are taken out of them. */
function wordsOf(problem: unknown): string {
  if (typeof problem === "string") {
    const words = problem.replaceAll(/\S+@\S+/g, "…").replaceAll(/\+?\d[\d\s().-]{5,}/g, "…");
    return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words;
  }
  const inner = Array.isArray(problem)
    ? problem[0]
    : isRecord(problem)
      ? Object.values(problem)[0]
      : undefined;
  return inner === undefined ? "it is not valid." : wordsOf(inner);
}
