import type { WorkflowDefinition } from "@salesagent/core/workflow";
import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { plainCell } from "../render/table.js";
import { WORLD_OPTIONS } from "../world/world-options.js";
import { type CheckedFile, checkFiles } from "./definition-issues.js";
import { withRegistry } from "./open-library.js";
import { readDefinitions } from "./read-definitions.js";

/** `salesagent workflow check FILE…`: whether files are workflows that can be run here. */
export const checkCommand: Command = {
  name: "workflow check",
  summary: "tells all that is wrong with workflows, with the nodes' ids",
  operands: "FILE...",
  options: { ...WORLD_OPTIONS, json: { type: "boolean", help: "prints one JSON object a line" } },
  examples: ["salesagent workflow check outreach.json review.json"],
  note: "Files that are given together may be made of each other. Exit codes: 0 all can be run, 1 not, 2 wrong usage.",
  async run(operands, options, io) {
    const files = await readDefinitions(operands);
    const checked = await withRegistry(options, io, (registry) => checkFiles(files, registry));
    if (flagOption(options, "json"))
      for (const one of checked) io.stdout.write(`${JSON.stringify(toJson(one))}\n`);
    else for (const one of checked) io.stdout.write(`${inWords(one)}\n`);
    return checked.some(({ issues }) => issues.length > 0) ? 1 : 0;
  },
};

/** Tells what is wrong with files that shall be run or stored. @returns Whether nothing is. */
export function tellIssues(checked: readonly CheckedFile[], { stderr }: Io): boolean {
  const bad = checked.filter(({ issues }) => issues.length > 0);
  for (const one of bad) stderr.write(`${inWords(one)}\n`);
  return bad.length === 0;
}

function toJson({ file, definition, issues }: CheckedFile) {
  const { name, version } = (definition ?? {}) as Partial<WorkflowDefinition>;
  return { file, ok: issues.length === 0, name, version, issues };
}

function inWords({ file, definition, issues }: CheckedFile): string {
  if (issues.length > 0) {
    const widest = Math.max(...issues.map(({ path }) => path.length));
    const lines = issues.map(
      ({ path, message }) => `  ${plainCell(path).padEnd(widest)}  ${plainCell(message)}`,
    );
    return [`${file}: ${issues.length === 1 ? "1 problem" : `${issues.length} problems`}`, ...lines].join(
      "\n",
    );
  }
  const { name, version, nodes, edges } = definition as WorkflowDefinition;
  return `${file}: ${name}, version ${version}, of ${nodes.length} nodes and ${edges.length} edges, can be run`;
}
