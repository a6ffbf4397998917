import type { AnyTool } from "@salesagent/core/tools";
import { safeName } from "./safe-name.js";
import type { ListedDefinition, McpToolProblem } from "./tool-definition.js";
import type { ServerTools } from "./tool-list.js";

/** Which of a server's tools are taken. */
export interface ToolChoice {
  readonly prefix: string;
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

/** What came of a list. */
export interface ChosenTools {
  readonly tools: readonly AnyTool[];
  readonly problems: readonly McpToolProblem[];
  /** By the server's own name, what the host has seen of each. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** Makes tools of those that are chosen; what can't be taken is told, never silently left out. */
export function chooseTools(
  { definitions, problems: told }: ServerTools,
  { prefix, allow, deny }: ToolChoice,
  make: (definition: ListedDefinition, name: string) => AnyTool,
): ChosenTools {
  const problems = [...told];
  const tools = new Map<string, AnyTool>();
  const fingerprints = new Map<string, string>();
  for (const definition of definitions.values()) {
    const { name: own, fingerprint } = definition;
    if (deny.includes(own) || (allow && !allow.includes(own))) continue;
    const name = safeName(prefix, own);
    if (tools.has(name)) {
      problems.push({ tool: own, problem: `another tool is named "${name}" already` });
      continue;
    }
    tools.set(name, make(definition, name));
    fingerprints.set(own, fingerprint);
  }
  for (const own of allow ?? []) {
    if (!definitions.has(own))
      problems.push({ tool: own, problem: "it is allowed, and the server does not list it" });
  }
  return { tools: Object.freeze([...tools.values()]), problems, fingerprints };
}
