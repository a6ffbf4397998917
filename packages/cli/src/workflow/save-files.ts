import type { Workflows } from "@salesagent/core/workflow";
import { type IssueFact, SalesAgentError, type WorkflowRecord } from "@salesagent/ports";
import type { Io } from "../io.js";
import { plainCell } from "../render/table.js";
import { type DefinitionFile, partsFirst } from "./read-definitions.js";

/** How files are saved. */
export interface SaveChoice {
  readonly tenant: string;
  readonly by: string;
  readonly note?: string | undefined;
  readonly activate?: boolean | undefined;
}

/** Saves workflows, parts first. @returns Nothing where one can't be: its problems are told, and what comes after it is not saved. */
export async function saveFiles(
  workflows: Workflows,
  files: readonly DefinitionFile[],
  choice: SaveChoice,
  { stderr, signal }: Io,
): Promise<ReadonlyMap<string, WorkflowRecord> | undefined> {
  const saved = new Map<string, WorkflowRecord>();
  for (const { file, definition } of partsFirst(files)) {
    try {
      saved.set(file, await workflows.save(definition, { ...choice, signal }));
    } catch (error) {
      if (SalesAgentError.is(error, "graph.invalid")) stderr.write(problemsOf(file, error.facts.issues));
      else if (SalesAgentError.is(error, "store.invalid")) stderr.write(otherStands(file));
      else throw error;
      return undefined;
    }
  }
  return saved;
}

function problemsOf(file: string, issues: readonly IssueFact[]): string {
  const lines = issues.map(({ path, message }) => `  ${plainCell(path)}  ${plainCell(message)}\n`);
  return `${file} can't be saved:\n${lines.join("")}`;
}

const otherStands = (file: string): string =>
  `${file}: this version is stored already, with another definition. Versions never change: give the file another "version".\n`;
