import type { IssueFact } from "@salesagent/ports";
import type { ArrivedJoins } from "./flow.js";
import type { GraphPlan } from "./graph-plan.js";
import type { HalfFullJoin } from "./migration.js";

/** Joins by their ids, `a+b>c`, as a list; no node's name has such signs. */
export function fromPlannedJoins(joins: ArrivedJoins): readonly HalfFullJoin[] {
  return Object.entries(joins).map(([id, arrived]) => {
    const [sources = "", to = ""] = id.split(">");
    return { from: sources.split("+"), to, arrived };
  });
}

/** Joins by the ids that they have in a graph; what it lacks goes to `issues`. */
export function toPlannedJoins(
  plan: GraphPlan,
  joins: readonly HalfFullJoin[],
  issues: IssueFact[],
): ArrivedJoins {
  const planned: Record<string, readonly string[]> = {};
  for (const { from, to, arrived } of joins) {
    const target = plan.nodesByName.get(to)?.order;
    const join = plan.joins.find((it) => it.to === target && isSame(it.from, from));
    const missing = join?.from.filter((name) => !arrived.includes(name));
    if (!join) {
      const message = `"${to}" waits for ${from.join(" and ")}, and version "${plan.version}" has no such join: give others in migrate`;
      issues.push({ path: `joins.${to}`, message });
    } else if (missing?.length === 0) {
      issues.push({ path: `joins.${to}`, message: "all of its sources have arrived: make it a task" });
    } else planned[join.id] = join.from.filter((name) => arrived.includes(name));
  }
  return planned;
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name) => others.includes(name));
