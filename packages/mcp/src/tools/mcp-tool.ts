import {
  type AnyTool,
  defineTool,
  type ToolContext,
  type ToolEffect,
  type WriteRules,
} from "@salesagent/core/tools";
import type { JsonObject, JsonValue, StandardSchema } from "@salesagent/ports";
import { schemaOf } from "./json-schema-check.js";
import { safeText } from "./safe-text.js";
import { stableJson } from "./stable-json.js";
import type { ListedDefinition } from "./tool-definition.js";

/** As much of a server's description as a model is told. */
const MOST_DESCRIPTION_CHARS = 2_000;

/** What tools of a server are held to. */
export interface McpToolRules {
  readonly server: string;
  readonly effectOf: (definition: ListedDefinition) => ToolEffect;
  readonly describe: (definition: ListedDefinition) => string;
  /** Of tools that write, without their target. */
  readonly writes: Omit<WriteRules<JsonObject, JsonValue>, "target" | "lookup">;
  readonly timeoutMs: number;
  readonly maxResultChars: number;
  call(tool: string, input: JsonObject, context: ToolContext, effect: ToolEffect): Promise<JsonValue>;
}

/** A server's tool as one of ours. */
export function toTool(definition: ListedDefinition, name: string, rules: McpToolRules): AnyTool {
  const effect = rules.effectOf(definition);
  const common = {
    name,
    description: rules.describe(definition),
    // What is checked is an object: the schema says so, and its list was refused otherwise.
    input: schemaOf(definition.inputSchema) as StandardSchema<unknown, JsonObject>,
    origin: "external",
    timeoutMs: rules.timeoutMs,
    // The limit is held where the answer is read; here only what JSON adds to it.
    maxOutputChars: rules.maxResultChars * 6 + 1_000,
  } as const;
  const run = (input: JsonObject, context: ToolContext) =>
    rules.call(definition.name, input, context, effect);
  if (effect !== "write") return defineTool<JsonObject, JsonValue>({ ...common, effect, run });
  return defineTool<JsonObject, JsonValue>({
    ...common,
    ...rules.writes,
    effect,
    target: (input) => `${rules.server}/${definition.name} ${stableJson(input)}`,
    run,
  });
}

/** What a model is told: the server's words, marked as such. */
export function describeTool(server: string, { name, description }: ListedDefinition): string {
  const said = safeText(description, MOST_DESCRIPTION_CHARS).trim();
  return `The tool "${safeText(name, 100)}" of the MCP server "${server}"${said === "" ? "." : `, which says of it: ${said}`}`;
}
