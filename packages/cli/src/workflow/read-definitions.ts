import { readFile } from "node:fs/promises";
import { UsageError } from "../command/usage-error.js";

/** Definitions are some hundred lines; anything larger is another file. */
const MAX_CHARS = 5_000_000;

/** A file that should hold a workflow. Whether it does is the check's to say. */
export interface DefinitionFile {
  readonly file: string;
  readonly definition: unknown;
}

/** Whether a word names a file, and not a workflow that is stored: those have no such names. */
export const isFile = (word: string): boolean => word.endsWith(".json") || word.includes("/");

/** @throws UsageError naming the file that can't be read or is not JSON; with a hint where none is given. */
export function readDefinitions(files: readonly string[]): Promise<readonly DefinitionFile[]> {
  if (files.length === 0)
    throw new UsageError("Which workflow? Give its file, such as outreach.json, and those of its parts.");
  return Promise.all(files.map(readDefinition));
}

async function readDefinition(file: string): Promise<DefinitionFile> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} can't be read (${error.code ?? error.message}).`);
  });
  if (text.length > MAX_CHARS) throw new UsageError(`${file} is too large to be a workflow.`);
  try {
    return { file, definition: JSON.parse(text) };
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Those that others are made of first, so that each finds its parts. In a circle, which is refused later, as they come. */
export function partsFirst(files: readonly DefinitionFile[]): readonly DefinitionFile[] {
  const open = [...files];
  const ordered: DefinitionFile[] = [];
  while (open.length > 0) {
    const names = new Set(open.map(nameOf));
    const free = open.findIndex((one) => partsOf(one).every((part) => !names.has(part)));
    ordered.push(...open.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

function nameOf({ definition }: DefinitionFile): string | undefined {
  const { name } = asObject(definition);
  return typeof name === "string" ? name : undefined;
}

function partsOf({ definition }: DefinitionFile): readonly string[] {
  const { nodes } = asObject(definition);
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const { kind, workflow } = asObject(node);
    return kind === "workflow" && typeof workflow === "string" ? [workflow] : [];
  });
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
