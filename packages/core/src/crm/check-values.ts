import type { CrmRecord, JsonValue, RecordKind, StoredRecord } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import type { LinkSides } from "./read-sides.js";
import { isEmpty } from "./same-value.js";
import { rulesOf, type SyncContext } from "./sync-context.js";

/** Fields that are no text. */
const SHAPES: Readonly<Record<string, { readonly name: string; fits(value: JsonValue): boolean }>> = {
  ...shape("a list of texts", isTexts, [
    ...["otherEmails", "otherPhones", "keywords", "technologies", "subIndustries"],
  ]),
  ...shape("a number", isNumber, ["amountMinor", "probability", "foundedYear", "fundingUsd"]),
  ...shape("a range of numbers", isRange, ["employees", "revenueUsd"]),
  ...shape("true or false", (value) => typeof value === "boolean", ["optedOut"]),
};

const TEXT = { name: "a text", fits: (value: JsonValue) => typeof value === "string" };

/**
 * Checks that a record's fields hold what they may, as far as they are kept in step: apps and CRMs that are not typed put numbers where
 * texts are due, and what a record says goes to where it would be refused without a word on why, or break what reads it.
 *
 * @returns `crm.field_invalid` naming the field, the record and what is due, and no value.
 */
export function misfitOf(
  context: SyncContext,
  side: "app" | "crm",
  { kind, id, fields }: Pick<StoredRecord | CrmRecord, "kind" | "id" | "fields">,
): SalesAgentError<"crm.field_invalid"> | undefined {
  const rules = rulesOf(context, kind as RecordKind);
  const values = fields as Readonly<Record<string, JsonValue>>;
  for (const field of Object.keys(values)) {
    const value = values[field] ?? null;
    const { name, fits } = SHAPES[field] ?? TEXT;
    if (!(field in rules) || fits(value) || isEmpty(value)) continue;
    const { connection } = context;
    const where = side === "app" ? "the app" : connection;
    return new SalesAgentError("crm.field_invalid", {
      message: `The ${kind} ${id} of ${where} has ${shapeOf(value)} in ${field}, where ${name} is due. Correct it there; nothing of the record was written to the other side.`,
      facts: { crm: connection, kind, field, recordId: id },
      replay: "safe",
    });
  }
  return undefined;
}

/** As {@link misfitOf}, of either record of a link. */
export function misfitIn(
  context: SyncContext,
  { app, crm }: Pick<LinkSides, "app" | "crm">,
): SalesAgentError<"crm.field_invalid"> | undefined {
  return (app && misfitOf(context, "app", app)) ?? (crm && misfitOf(context, "crm", crm));
}

function shape(name: string, fits: (value: JsonValue) => boolean, fields: readonly string[]) {
  return Object.fromEntries(fields.map((field) => [field, { name, fits }]));
}

function isTexts(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isNumber(value: JsonValue | undefined): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isRange(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((bound) => bound === null || isNumber(bound));
}

function shapeOf(value: JsonValue): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
