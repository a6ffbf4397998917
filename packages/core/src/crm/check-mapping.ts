import {
  type CrmCapabilities,
  type CrmKindSupport,
  type IssueFact,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import type { FieldRules } from "./default-rules.js";
import { isLinkName, linkedKind, linkName } from "./record-values.js";

const POLICIES: readonly unknown[] = [
  ...[undefined, "last-write-wins", "crm-wins", "app-wins", "fill-empty", "review", "union"],
];
const CUSTOM = "custom.";
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
  const unknown = unknownField(field, support);
  if (unknown) issues.push({ path, message: unknown });
  if (!POLICIES.includes(rule.policy)) issues.push({ path: `${path}.policy`, message: "no such policy" });
  if (!DIRECTIONS.includes(rule.direction)) {
    issues.push({ path: `${path}.direction`, message: "must be both, to-app or to-crm" });
  } else if (rule.direction === "to-crm" && support.readOnlyFields?.includes(field)) {
    issues.push({ path: `${path}.direction`, message: "the CRM only tells this field, and never takes it" });
  }
  return issues;
}

/** What is wrong with a field's name, and which there are; nothing where it is right. */
function unknownField(
  field: string,
  { fields, customFields, links = [] }: CrmKindSupport,
): string | undefined {
  if (isLinkName(field)) {
    const linkNames = links.flatMap((kind) => (kind === "activity" ? [] : [linkName(kind)]));
    return links.includes(linkedKind(field)) ? undefined : `the CRM has no such link; ${known(linkNames)}`;
  }
  if (!field.startsWith(CUSTOM)) {
    return fields.includes(field) ? undefined : `the CRM has no such field; ${known(fields)}`;
  }
  const name = field.slice(CUSTOM.length);
  if (name !== "" && (customFields?.includes(name) ?? true)) return undefined;
  const mapped = (customFields ?? []).map((custom) => CUSTOM + custom);
  return `the adapter's mapping has no such field; ${known(mapped)}`;
}

const known = (names: readonly string[]): string =>
  names.length > 0 ? `it has ${names.join(", ")}` : "it has none";
