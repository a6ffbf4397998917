import type { IssueFact, JsonObject, JsonValue } from "@salesagent/ports";
import type { FieldPlan, GraphPlan } from "./graph-plan.js";
import { asJson, jsonSize, notJson } from "./state-size.js";
import { validated } from "./write-state.js";

/** How values are taken over. */
export interface TakeOver {
  /** Whether the fields are the very same as before: what did not change was checked when it was written. */
  readonly trusted: boolean;
  /** What stands against them is added. */
  readonly issues: IssueFact[];
}

/** The values of another version of a graph, held to the fields of this one; a field that is not there begins with its default. */
export async function migratedValues(
  plan: GraphPlan,
  values: JsonObject,
  before: JsonObject,
  { trusted, issues }: TakeOver,
): Promise<JsonObject> {
  for (const name of Object.keys(values)) {
    if (plan.fields.has(name) || values[name] === undefined) continue;
    const message = `version "${plan.version}" has no such field: leave it out in migrate, or give its value to another`;
    issues.push({ path: `values.${name}`, message });
  }
  const taken: Record<string, JsonValue> = {};
  for (const field of plan.fields.values()) {
    const given = values[field.name];
    const isTrusted = trusted && given !== undefined && given === before[field.name];
    const value = isTrusted ? given : await fitting(field, given, issues);
    if (value !== undefined) taken[field.name] = asJson(value);
  }
  return taken;
}

async function fitting(
  field: FieldPlan,
  given: JsonValue | undefined,
  issues: IssueFact[],
): Promise<unknown> {
  const value = given === undefined && field.default ? field.default() : given;
  const made = field.schema ? await validated(field.schema, value, `values.${field.name}`, issues) : value;
  if (made !== undefined && jsonSize(made) < 0) {
    const issue = notJson(made, `values.${field.name}`);
    if (issue) issues.push(issue);
  }
  // The schema of a field with a reducer only checks.
  return field.reducer ? value : made;
}
