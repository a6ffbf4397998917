import { type IssueFact, type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { END } from "./command.js";
import type { PlannedTask } from "./flow.js";
import type { GraphPlan } from "./graph-plan.js";
import type { MigrationPlan } from "./migration.js";
import { asJson } from "./state-size.js";
import { isTaskOutcome, type TaskGoto } from "./task-run.js";
import { checkUpdate } from "./write-state.js";

/**
 * What a task came to that is done, in a superstep of which others are not, held to another version of its graph.
 *
 * @param issues - What stands against it is added.
 */
export async function migratedOutcome(
  plan: GraphPlan,
  way: readonly MigrationPlan[],
  task: PlannedTask,
  kept: JsonValue,
  issues: IssueFact[],
): Promise<JsonValue> {
  const path = `tasks.${task.node}`;
  if (!isTaskOutcome(kept)) {
    issues.push({ path, message: "what it came to is not on record as it should be" });
    return kept;
  }
  const updates: JsonObject[] = [];
  for (const update of kept.updates) updates.push(await migratedUpdate(plan, way, task, update, issues));
  if (!kept.goto) return asJson({ updates });
  const goto: TaskGoto = kept.goto.map((target) =>
    typeof target === "string" ? lastName(way, target) : { ...target, node: lastName(way, target.node) },
  );
  for (const target of goto) {
    const name = typeof target === "string" ? target : target.node;
    if (name === END || plan.nodesByName.has(name)) continue;
    issues.push({ path, message: `it leads to "${name}", which version "${plan.version}" does not have` });
  }
  return asJson({ updates, goto });
}

async function migratedUpdate(
  plan: GraphPlan,
  way: readonly MigrationPlan[],
  { node, as = node }: PlannedTask,
  written: JsonObject,
  issues: IssueFact[],
): Promise<JsonObject> {
  let update: object = written;
  let name = as;
  try {
    for (const { nodes, update: change } of way) {
      name = nodes.get(name) ?? name;
      if (change) update = change(update as JsonObject, name);
    }
    return await checkUpdate(plan, node, update);
  } catch (error) {
    const facts = SalesAgentError.is(error, "graph.state_invalid") ? error.facts.issues : undefined;
    const told = facts?.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    const why = told?.join("; ") ?? "update threw an error";
    issues.push({
      path: `tasks.${node}`,
      message: `it is done, and what it wrote does not fit any more (${why}): say in update what becomes of it`,
    });
    return written;
  }
}

const lastName = (way: readonly MigrationPlan[], name: string): string =>
  way.reduce((it, { nodes }) => nodes.get(it) ?? it, name);
