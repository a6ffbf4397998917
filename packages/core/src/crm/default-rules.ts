import type { CrmKindSupport, RecordKind } from "@salesagent/ports";
import type { FieldPolicy, FieldRule } from "./field-policy.js";
import { linkName } from "./record-values.js";

/** Rules by field: a field's name, `custom.x` for one of the host's own, `links.company` for what a record hangs on. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

/** Which way a sync goes. */
export type SyncDirection = "both" | "to-app" | "to-crm";

/** Who somebody is: two different answers are for a person to decide on. */
const REVIEWED = {
  contact: ["email", "firstName", "lastName", "fullName"],
  company: ["name", "domain"],
  deal: ["name"],
} as const satisfies Record<RecordKind, readonly string[]>;

/** What both sides gather: what either found is there. */
const UNITED = ["otherEmails", "otherPhones", "keywords", "technologies", "subIndustries"];

/** What enrichment brings: it is put where nothing is known, and takes nobody's word away. */
const FILLED = [
  ...["seniority", "department", "industry", "description", "employees", "foundedYear"],
  ...["revenueUsd", "fundingUsd", "fundingStage"],
];

/**
 * How the fields of a kind are kept in step where the host says nothing else: what tells who somebody is goes to review, what
 * enrichment brings is merged, and of everything else the last write wins.
 *
 * @returns A rule for each field that the CRM has; one that the CRM only tells goes to the app alone.
 */
export function defaultRules(kind: RecordKind, support: CrmKindSupport): FieldRules {
  const rules: Record<string, FieldRule> = {};
  for (const field of support.fields) rules[field] = { policy: defaultPolicy(kind, field) };
  for (const linked of support.links ?? []) {
    if (linked !== "activity" && linked !== kind) rules[linkName(linked)] = { policy: "union" };
  }
  return rules;
}

/** Rules as a sync can follow them: no field goes to where it can't be written. */
export function resolveRules(
  kind: RecordKind,
  support: CrmKindSupport,
  wanted: FieldRules,
  direction: SyncDirection,
): FieldRules {
  const rules: Record<string, FieldRule> = {};
  const readOnly = new Set(support.readOnlyFields);
  for (const [field, rule] of Object.entries({ ...defaultRules(kind, support), ...wanted })) {
    const isTold = readOnly.has(field) || !support.update;
    const ways = [rule.direction ?? "both", direction, isTold ? "to-app" : "both"] as const;
    const [first = "both", ...more] = new Set(ways.filter((way) => way !== "both"));
    // Two ways that contradict each other leave no way at all.
    if (more.length === 0) rules[field] = { policy: rule.policy ?? "last-write-wins", direction: first };
  }
  return rules;
}

function defaultPolicy(kind: RecordKind, field: string): FieldPolicy {
  if ((REVIEWED[kind] as readonly string[]).includes(field)) return "review";
  if (UNITED.includes(field)) return "union";
  return FILLED.includes(field) ? "fill-empty" : "last-write-wins";
}
