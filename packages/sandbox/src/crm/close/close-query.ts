import { isRecord } from "../shared/json-answer.js";
import { microsOf, microsText } from "../shared/world-clock.js";
import type { CloseDoc } from "./close-doc.js";
import type { SearchedType } from "./close-index.js";
import { plainRefusal } from "./close-refusal.js";

/** A query that can be asked of a document. */
export type Predicate = (doc: Readonly<Record<string, unknown>>, type: string) => boolean;

/** What a query needs to know of the world. */
export interface QueryContext {
  readonly nowMicros: number;
  /** What hangs on a document: `contact_email`, `lead`, … */
  readonly related: (
    doc: Readonly<Record<string, unknown>>,
    type: string,
    relatedType: string,
  ) => readonly Readonly<Record<string, unknown>>[];
}

/** @throws CloseRefusal for a query that Close doesn't know. */
export function readQuery(node: unknown, context: QueryContext): Predicate {
  if (!isRecord(node)) throw plainRefusal("query: must be an object");
  const { negate } = node;
  const asked = readNode(node, context);
  return negate === true ? (doc, type) => !asked(doc, type) : asked;
}

function readNode(node: Record<string, unknown>, context: QueryContext): Predicate {
  switch (node["type"]) {
    case "and":
    case "or": {
      const queries = list(node["queries"]).map((query) => readQuery(query, context));
      if (node["type"] === "or") return (doc, type) => queries.some((query) => query(doc, type));
      return (doc, type) => queries.every((query) => query(doc, type));
    }
    case "object_type":
      return (_doc, type) => type === node["object_type"];
    case "id":
      return (doc) => doc["id"] === node["value"];
    case "text": {
      const match = readCondition(node, context);
      return (doc) => Object.values(doc).some((value) => typeof value === "string" && match(value));
    }
    case "field_condition":
      return readFieldCondition(node, context);
    case "has_related": {
      const relatedType = String(node["related_object_type"]);
      const query = readQuery(node["related_query"], context);
      return (doc, type) =>
        context.related(doc, type, relatedType).some((other) => query(other, relatedType));
    }
    default:
      throw plainRefusal(`query: unknown type ${String(node["type"])}`);
  }
}

function readFieldCondition(node: Record<string, unknown>, context: QueryContext): Predicate {
  const { field, condition } = node;
  if (!isRecord(field) || !isRecord(condition))
    throw plainRefusal("field_condition: field and condition needed");
  const name = fieldNameOf(field);
  const match = readCondition(condition, context);
  return (doc) => match(doc[name]);
}

/** The name under which a document holds a field of a query. */
export function fieldNameOf(field: Record<string, unknown>): string {
  if (field["type"] === "custom_field") return `custom.${String(field["custom_field_id"])}`;
  if (field["type"] === "regular_field") {
    const name = String(field["field_name"]);
    return name === "display_name" || name === "lead_name" ? "name" : name;
  }
  throw plainRefusal(`field: unknown type ${String(field["type"])}`);
}

function readCondition(
  condition: Record<string, unknown>,
  context: QueryContext,
): (value: unknown) => boolean {
  switch (condition["type"]) {
    case "text":
      return readText(condition);
    case "moment_range": {
      const { from, before } = readRange(condition, context.nowMicros);
      return (value) =>
        typeof value === "string" &&
        (from === undefined || value >= from) &&
        (before === undefined || value < before);
    }
    case "term": {
      const values = list(condition["values"]);
      return (value) => values.includes(value);
    }
    case "exists":
      return (value) => value !== undefined && value !== null && value !== "";
    case "boolean":
      return (value) => value === condition["value"];
    default:
      throw plainRefusal(`condition: unknown type ${String(condition["type"])}`);
  }
}

function readText({ mode, value }: Record<string, unknown>): (value: unknown) => boolean {
  if (mode !== "full_words" && mode !== "phrase") throw plainRefusal(`text: unknown mode ${String(mode)}`);
  const asked = wordsOf(String(value));
  if (asked.length === 0) return () => false;
  return (held) => {
    if (typeof held !== "string") return false;
    const text = held.toLowerCase();
    if (!asked.every((word) => text.includes(word))) return false;
    const words = wordsOf(text);
    if (mode === "full_words") return asked.every((word) => words.includes(word));
    return ` ${words.join(" ")} `.includes(` ${asked.join(" ")} `);
  };
}

/** Letters and digits between all else, in lower case: an address is several words. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** The bounds of a range as the texts that documents hold. */
function readRange(
  condition: Record<string, unknown>,
  nowMicros: number,
): { readonly from?: string; readonly before?: string } {
  const { on_or_after: from, before } = condition;
  return {
    ...(from === undefined || from === null ? {} : { from: momentText(from, nowMicros) }),
    ...(before === undefined || before === null ? {} : { before: momentText(before, nowMicros) }),
  };
}

function momentText(moment: unknown, nowMicros: number): string {
  if (isRecord(moment)) {
    // what is stamped just now counts as before now
    if (moment["type"] === "now") return stampText(nowMicros + 1);
    if (moment["type"] === "fixed_utc" && typeof moment["value"] === "string") {
      const micros = microsOf(moment["value"]);
      if (micros !== undefined) return stampText(micros);
    }
  }
  throw plainRefusal(`moment: can't be read: ${JSON.stringify(moment)}`);
}

/** A stamp as Close writes it: microseconds, and the offset of UTC. */
export function stampText(micros: number): string {
  return microsText(micros, 6, "+00:00");
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw plainRefusal("query: a list is needed");
  return value;
}

/** The kind of object that a query asks for, where it says so. */
export function askedType(node: unknown): SearchedType | undefined {
  if (!isRecord(node)) return undefined;
  const { type, object_type: objectType, queries } = node;
  if (type === "object_type" && (objectType === "lead" || objectType === "contact")) return objectType;
  if (type !== "and" || !Array.isArray(queries)) return undefined;
  for (const query of queries) {
    const found = askedType(query);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The lower bound that a query sets for a field, so that a walk need not begin at the start. */
export function lowerBound(node: unknown, field: string, nowMicros: number): string | undefined {
  if (!isRecord(node) || node["negate"] === true) return undefined;
  if (node["type"] === "and" && Array.isArray(node["queries"])) {
    for (const query of node["queries"]) {
      const found = lowerBound(query, field, nowMicros);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const { field: asked, condition } = node;
  if (node["type"] !== "field_condition" || !isRecord(asked) || !isRecord(condition)) return undefined;
  if (condition["type"] !== "moment_range" || fieldNameOf(asked) !== field) return undefined;
  return readRange(condition, nowMicros).from;
}

/** The first place in a sorted list whose field is at or after a text. */
export function firstAt(docs: readonly CloseDoc[], field: string, from: string): number {
  let [low, high] = [0, docs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (String(docs[middle]?.[field] ?? "") < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
