import type { JsonValue } from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";
import { readPath } from "./data-path.js";
import type { PathUse, WorkflowData } from "./mapping.js";

/** How two values are compared. Numbers and texts have an order among themselves; everything else has none. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "contains" | "exists";

/** A condition as data. What is not there equals nothing, has no order, and does not exist. */
export type Condition =
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | {
      readonly path: string;
      readonly is: Comparison;
      /** What it is compared with. */
      readonly value?: JsonValue;
      /** Or where that stands. */
      readonly valueFrom?: string;
    };

/** Whether a condition holds. Pure, and it never throws. */
export function holds(condition: Condition, data: WorkflowData): boolean {
  if ("and" in condition) return condition.and.every((part) => holds(part, data));
  if ("or" in condition) return condition.or.some((part) => holds(part, data));
  if ("not" in condition) return !holds(condition.not, data);
  const { path, is, value, valueFrom } = condition;
  const left = readPath(data, path);
  return compare(left, is, valueFrom === undefined ? value : readPath(data, valueFrom));
}

function compare(left: JsonValue | undefined, is: Comparison, right: JsonValue | undefined): boolean {
  switch (is) {
    case "exists":
      return left !== undefined;
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "in":
      return contains(right, left);
    case "contains":
      return contains(left, right);
    default:
      return isOrdered(left, is, right);
  }
}

const isEqual = (left: JsonValue | undefined, right: JsonValue | undefined): boolean =>
  left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right);

function contains(whole: JsonValue | undefined, part: JsonValue | undefined): boolean {
  if (typeof whole === "string") return typeof part === "string" && whole.includes(part);
  return Array.isArray(whole) && whole.some((item: JsonValue) => isEqual(item, part));
}

function isOrdered(
  left: JsonValue | undefined,
  is: "<" | "<=" | ">" | ">=",
  right: JsonValue | undefined,
): boolean {
  const areAlike =
    (typeof left === "number" && typeof right === "number") ||
    (typeof left === "string" && typeof right === "string");
  if (!areAlike) return false;
  const order = left < right ? -1 : left > right ? 1 : 0;
  return is === "<" ? order < 0 : is === "<=" ? order <= 0 : is === ">" ? order > 0 : order >= 0;
}

/** Every path that a condition reads. */
export function pathsOfCondition(condition: Condition): readonly PathUse[] {
  if ("and" in condition) return condition.and.flatMap(pathsOfCondition);
  if ("or" in condition) return condition.or.flatMap(pathsOfCondition);
  if ("not" in condition) return pathsOfCondition(condition.not);
  const { path, valueFrom } = condition;
  return [path, ...(valueFrom === undefined ? [] : [valueFrom])].map((it) => ({
    path: it,
    isOptional: true,
  }));
}
