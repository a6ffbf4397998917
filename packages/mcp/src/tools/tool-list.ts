import type { McpRequest } from "./mcp-connection.js";
import { type ListedDefinition, type McpToolProblem, readDefinition } from "./tool-definition.js";

/** The most tools that are taken from one server; a model is helped by few. */
const MOST_TOOLS = 500;
const MOST_PAGES = 50;

/** What a server offers. */
export interface ServerTools {
  /** By the server's own name. */
  readonly definitions: ReadonlyMap<string, ListedDefinition>;
  readonly problems: readonly McpToolProblem[];
}

/** Reads a server's list to its end, or to as much of it as is taken. */
export async function listServerTools(request: McpRequest, signal: AbortSignal): Promise<ServerTools> {
  const definitions = new Map<string, ListedDefinition>();
  const problems: McpToolProblem[] = [];
  let cursor: unknown;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tools, nextCursor } = await request("tools/list", cursor === undefined ? {} : { cursor }, signal);
    for (const entry of Array.isArray(tools) ? tools : []) {
      if (definitions.size + problems.length >= MOST_TOOLS) {
        return { definitions, problems: [...problems, tooMany(`more than ${MOST_TOOLS} tools`)] };
      }
      const read = readDefinition(entry);
      if ("problem" in read) problems.push(read);
      else if (definitions.has(read.name)) problems.push({ tool: read.name, problem: "it is listed twice" });
      else definitions.set(read.name, read);
    }
    if (typeof nextCursor !== "string" || nextCursor === "") return { definitions, problems };
    cursor = nextCursor;
  }
  return { definitions, problems: [...problems, tooMany(`more than ${MOST_PAGES} pages of tools`)] };
}

const tooMany = (what: string): McpToolProblem => ({
  tool: "*",
  problem: `the server lists ${what}; the rest is left out`,
});
