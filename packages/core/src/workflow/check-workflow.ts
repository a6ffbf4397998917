import type { IssueFact, JsonObject } from "@salesagent/ports";
import { checkConditions, checkIds, checkUse, findWorkflow } from "./check-nodes.js";
import { checkReads } from "./check-reads.js";
import { checkBranches, checkExits, checkReach } from "./check-routes.js";
import type { WorkflowDefinition } from "./definition.js";
import { workflowSchema } from "./definition-schema.js";
import { schemaIssues, valueIssues } from "./json-schema.js";
import type { WorkflowRegistry } from "./registry.js";
import { WorkflowMap } from "./workflow-map.js";

/**
 * Finds all that is wrong with a definition, whatever it is.
 *
 * @param definition - Plain JSON, from anywhere.
 * @param registry - What its nodes may name.
 * @returns The problems, each with a path that names its node, such as `nodes.research.input.company`. Empty: it can be compiled.
 */
export function checkWorkflow(definition: unknown, registry: WorkflowRegistry = {}): readonly IssueFact[] {
  return check(definition, { registry, around: [], checked: new Set() });
}

/** What a definition is checked within. */
interface Surroundings {
  readonly registry: WorkflowRegistry;
  /** The workflows that this one is a part of. */
  readonly around: readonly string[];
  /** Sub-workflows that were checked: one that is used in many places is told of once. */
  readonly checked: Set<string>;
}

function check(definition: unknown, surroundings: Surroundings): readonly IssueFact[] {
  const malformed = valueIssues(workflowSchema, definition);
  if (malformed.length > 0) return malformed.map((issue) => named(issue, definition));
  return checkParts(definition as WorkflowDefinition, surroundings);
}

/** One concern after another: what does not exist has no ways, and where ways are wrong, nothing can be told of what was before. */
function checkParts(definition: WorkflowDefinition, surroundings: Surroundings): readonly IssueFact[] {
  const { input = {}, nodes } = definition;
  const { type = "object" } = input as { readonly type?: unknown };
  const issues: IssueFact[] = [
    ...schemaIssues(input, "input"),
    ...(type === "object" ? [] : [{ path: "input.type", message: "it must be object" }]),
    ...checkIds(definition),
    ...checkConditions(definition),
    ...nodes.flatMap((node) => [...checkUse(node, surroundings.registry)]),
    ...subWorkflowIssues(definition, surroundings),
  ];
  if ([...checkIds(definition)].length > 0) return issues;
  const map = new WorkflowMap(definition);
  const exits = [...checkExits(map)];
  issues.push(...exits, ...checkReach(map));
  if (exits.length > 0) return issues;
  const branches = [...checkBranches(map)];
  issues.push(...branches);
  // A schema that is none says nothing of what a run is given.
  const isSchema = schemaIssues(input, "input").length === 0;
  if (branches.length === 0 && isSchema) issues.push(...checkReads(definition, map));
  return issues;
}

function subWorkflowIssues(
  definition: WorkflowDefinition,
  { registry, around, checked }: Surroundings,
): readonly IssueFact[] {
  const within = [...around, keyOf(definition)];
  return definition.nodes.flatMap((node) => {
    const inner = node.kind === "workflow" ? findWorkflow(registry, node) : undefined;
    if (!inner) return [];
    const place = `nodes.${node.id}.workflow`;
    if (within.includes(keyOf(inner)))
      return [{ path: place, message: `the workflow "${inner.name}" would be a part of itself` }];
    if (checked.has(keyOf(inner))) return [];
    checked.add(keyOf(inner));
    return check(inner, { registry, around: within, checked }).map(({ path, message }) => ({
      path: `${place}.${path}`,
      message,
    }));
  });
}

const keyOf = ({ name, version }: WorkflowDefinition): string => JSON.stringify([name, version]);

/** `nodes[2].tool` as `nodes.research.tool`, where the node says its name. */
function named({ path, message }: IssueFact, definition: unknown): IssueFact {
  const [, index, rest = ""] = /^nodes\[(\d+)\](.*)$/.exec(path) ?? [];
  if (index === undefined) return { path, message };
  const node = (definition as { readonly nodes: readonly JsonObject[] }).nodes[Number(index)];
  const id = node?.["id"];
  return typeof id === "string" && rest !== ".id"
    ? { path: `nodes.${id}${rest}`, message }
    : { path, message };
}
