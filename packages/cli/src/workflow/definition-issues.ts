import { checkWorkflow, type WorkflowDefinition, type WorkflowRegistry } from "@salesagent/core/workflow";
import type { IssueFact } from "@salesagent/ports";
import { didYouMean } from "../command/did-you-mean.js";
import type { DefinitionFile } from "./read-definitions.js";

/** Something that is wrong with a definition. */
export interface DefinitionIssue extends IssueFact {
  /** The id of the node, where the path leads into one. */
  readonly node?: string;
}

/** What a file was found to be. */
export interface CheckedFile {
  readonly file: string;
  readonly definition: unknown;
  readonly issues: readonly DefinitionIssue[];
}

/** Checks each file with the others at hand, as the workflows that it may be made of. */
export function checkFiles(
  files: readonly DefinitionFile[],
  registry: WorkflowRegistry,
): readonly CheckedFile[] {
  return files.map(({ file, definition }) => {
    const others = files.filter((other) => other.file !== file).map((other) => other.definition);
    const workflows = others.filter((other) => checkWorkflowShape(other));
    const issues = checkWorkflow(definition, { ...registry, workflows });
    return {
      file,
      definition,
      issues: issues.map((issue) => hinted(issue, definition, registry, workflows)),
    };
  });
}

/** Only what has the form of a definition can be a part of another; what is wrong besides, its own check tells. */
function checkWorkflowShape(definition: unknown): definition is WorkflowDefinition {
  return (
    typeof definition === "object" && definition !== null && "nodes" in definition && "name" in definition
  );
}

/** Adds the node, and the name that was probably meant. */
function hinted(
  { path, message }: IssueFact,
  definition: unknown,
  { agents = [], tools = [] }: WorkflowRegistry,
  workflows: readonly WorkflowDefinition[],
): DefinitionIssue {
  const node = /^nodes\.([^.[]+)/.exec(path)?.[1];
  const [, kind, name = ""] = /there is no (agent|tool|workflow|node) "([^"]+)"/.exec(message) ?? [];
  const names: Readonly<Record<string, readonly { readonly name: string }[]>> = {
    agent: agents,
    tool: tools,
    workflow: workflows,
    node: nodeIds(definition).map((id) => ({ name: id })),
  };
  const near =
    kind === undefined
      ? ""
      : didYouMean(
          name,
          (names[kind] ?? []).map((known) => known.name),
        );
  return { path, message: `${message}${near}`, ...(node !== undefined && { node }) };
}

function nodeIds(definition: unknown): readonly string[] {
  const { nodes } = (definition ?? {}) as { readonly nodes?: unknown };
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const { id } = (node ?? {}) as { readonly id?: unknown };
    return typeof id === "string" ? [id] : [];
  });
}
