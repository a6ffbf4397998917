import {
  type CrmCapabilities,
  type CrmKindSupport,
  type IssueFact,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import type { FieldRules } from "./default-rules.js";
import { isLinkName, linkedKind } from "./record-values.js";

const POLICIES: readonly unknown[] = [
  ...[undefined, "last-write-wins", "crm-wins", "app-wins", "fill-empty", "review", "union"],
];
const DIRECTIONS: readonly unknown[] = [undefined, "both", "to-app", "to-crm"];

/**
 * Checks that each field of a mapping is one that the CRM has.
 *
 * @throws `sync.mapping_invalid` naming each path that is wrong.
 */
export function checkMapping(
  connection: string,
  { kinds }: CrmCapabilities,
  fields: { readonly [Kind in RecordKind]?: FieldRules },
): void {
  const issues = Object.entries(fields).flatMap(([kind, rules]) => {
    const support = kinds[kind as RecordKind];
    if (!support) return [{ path: `fields.${kind}`, message: "the CRM has no records of this kind" }];
    return Object.entries(rules).flatMap(([field, rule]) => issuesOf(kind, field, rule, support));
  });
  if (issues.length === 0) return;
  const named = issues.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new SalesAgentError("sync.mapping_invalid", {
    message: `The mapping of ${connection} is wrong. ${named}. Correct these fields; capabilities and schema() tell what there is.`,
    facts: { connection, issues },
    replay: "safe",
  });
}

function issuesOf(
  kind: string,
  field: string,
  rule: FieldRules[string],
  support: CrmKindSupport,
): readonly IssueFact[] {
  const path = `fields.${kind}.${field}`;
  const issues: IssueFact[] = [];
  if (!isKnown(field, support)) issues.push({ path, message: "the CRM has no such field" });
  if (!POLICIES.includes(rule.policy)) issues.push({ path: `${path}.policy`, message: "no such policy" });
  if (!DIRECTIONS.includes(rule.direction)) {
    issues.push({ path: `${path}.direction`, message: "must be both, to-app or to-crm" });
  } else if (rule.direction === "to-crm" && support.readOnlyFields?.includes(field)) {
    issues.push({ path: `${path}.direction`, message: "the CRM only tells this field, and never takes it" });
  }
  return issues;
}

/** Which fields of the host's own an adapter maps is the adapter's to say, where it says so. */
function isKnown(field: string, { fields, links }: CrmKindSupport): boolean {
  if (isLinkName(field)) return links?.includes(linkedKind(field)) ?? false;
  if (fields.includes(field)) return true;
  const namesCustom = fields.some((name) => name.startsWith("custom."));
  return field.startsWith("custom.") && field.length > "custom.".length && !namesCustom;
}
