import { ERASED, type JsonObject, type JsonValue } from "@salesagent/ports";
import type { AgreedBase } from "./merge-record.js";

/**
 * What a CRM says, but for fields out of which a mention of a person was erased: there it is taken to say what the erasure left,
 * whatever it says, so that nothing of it comes back. That ends once the CRM was told what somebody wrote there in the app, or has
 * what the erasure left.
 */
export function withoutErased(
  base: AgreedBase | undefined,
  crm: JsonObject,
): Readonly<Record<string, JsonValue>> {
  const values: Record<string, JsonValue> = { ...crm };
  for (const [field, left] of Object.entries(base?.crm ?? {})) {
    if (isErased(left) && !isErased(crm[field])) values[field] = left;
  }
  return values;
}

function isErased(value: JsonValue | undefined): boolean {
  if (typeof value === "string") return value.includes(ERASED);
  return typeof value === "object" && value !== null && Object.values(value).some(isErased);
}
