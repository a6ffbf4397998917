import type { Condition } from "@salesagent/core/workflow";

/** A condition on one line: `/steps/facts/employees >= 100 and not /input/known exists`. */
export function conditionInWords(condition: Condition): string {
  if ("not" in condition) return `not ${within(condition.not)}`;
  if ("and" in condition) return condition.and.map(within).join(" and ");
  if ("or" in condition) return condition.or.map(within).join(" or ");
  const { path, is, value, valueFrom } = condition;
  if (is === "exists") return `${path} exists`;
  return `${path} ${is} ${valueFrom ?? JSON.stringify(value)}`;
}

/** What has parts stands in brackets. */
function within(condition: Condition): string {
  const words = conditionInWords(condition);
  return "and" in condition || "or" in condition ? `(${words})` : words;
}
