import { createEffects } from "@salesagent/core/effects";
import {
  compileWorkflow,
  type WorkflowDefinition,
  type WorkflowEdge,
  type WorkflowNode,
  type WorkflowRegistry,
} from "@salesagent/core/workflow";
import { memoryStorage } from "@salesagent/storage-memory";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { type Column, renderTable } from "../render/table.js";
import { WORLD_OPTIONS } from "../world/world-options.js";
import { tellIssues } from "./check-command.js";
import { conditionInWords } from "./condition-in-words.js";
import { checkFiles } from "./definition-issues.js";
import { withRegistry } from "./open-library.js";
import { readDefinitions } from "./read-definitions.js";

const WIDTH_CHARS = 140;

/** `salesagent workflow show FILE`: the nodes and edges of a workflow. */
export const showCommand: Command = {
  name: "workflow show",
  summary: "shows the nodes and edges of a workflow, as tables or as a Mermaid diagram",
  operands: "FILE [PART...]",
  options: {
    mermaid: { type: "boolean", help: "prints a Mermaid flowchart, for Markdown" },
    ...WORLD_OPTIONS,
  },
  examples: [
    "salesagent workflow show outreach.json review.json",
    "salesagent workflow show outreach.json review.json --mermaid",
  ],
  async run(operands, options, io) {
    const files = await readDefinitions(operands);
    const shown = await withRegistry(options, io, (registry) => {
      const [main, ...parts] = checkFiles(files, registry);
      if (!main || !tellIssues([main], io)) return undefined;
      const definition = main.definition as WorkflowDefinition;
      if (!flagOption(options, "mermaid")) return tablesOf(definition, io.stdout.columns ?? WIDTH_CHARS);
      const workflows = parts.map((part) => part.definition as WorkflowDefinition);
      return mermaidOf(definition, { ...registry, workflows });
    });
    if (shown === undefined) return 1;
    io.stdout.write(`${shown}\n`);
    return 0;
  },
};

function mermaidOf(definition: WorkflowDefinition, registry: WorkflowRegistry): string {
  const effects = createEffects({ storage: memoryStorage() });
  return compileWorkflow(definition, { ...registry, effects })
    .toMermaid()
    .trimEnd();
}

function tablesOf(
  { name, version, description, start, nodes, edges }: WorkflowDefinition,
  width: number,
): string {
  return [
    `${name}, version ${version}${description === undefined ? "" : `: ${description}`}`,
    `begins at ${start}`,
    "",
    renderTable(NODE_COLUMNS, nodes, width),
    "",
    renderTable(EDGE_COLUMNS, edges, width),
  ].join("\n");
}

const NODE_COLUMNS: readonly Column<WorkflowNode>[] = [
  { title: "Node", cell: ({ id }) => id },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Does", cell: doesInWords },
  { title: "Reads", grows: true, cell: readsInWords },
];

const EDGE_COLUMNS: readonly Column<WorkflowEdge>[] = [
  { title: "From", cell: ({ from }) => from },
  { title: "To", cell: ({ to }) => to },
  {
    title: "When",
    grows: true,
    cell: ({ when, on }) => (when ? conditionInWords(when) : on === undefined ? "" : `on ${on}`),
  },
];

function doesInWords(node: WorkflowNode): string {
  switch (node.kind) {
    case "agent":
      return node.agent;
    case "tool":
      return node.tool;
    case "workflow":
      return node.version === undefined ? node.workflow : `${node.workflow}, version ${node.version}`;
    case "parallel":
      return `branches that meet at ${node.join}`;
    case "wait":
      return "event" in node ? `until "${node.event}" comes` : `${node.durationMs} ms`;
    case "approval":
      return "asks a person";
    default:
      return node.label ?? "";
  }
}

function readsInWords(node: WorkflowNode): string {
  const text = JSON.stringify(node);
  const paths = [...text.matchAll(/\/(?:input|steps|errors)(?:\/[^"{}\\]+)?/g)].map(([path]) => path);
  return [...new Set(paths)].join(", ");
}
