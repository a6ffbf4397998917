import type { JsonObject, JsonSchema } from "@salesagent/ports";
import { isObject } from "./is-object.js";
import { stableJson } from "./stable-json.js";

/** The longest definition of a tool that is taken, as JSON. */
const MOST_CHARS = 100_000;

/** What a server says of itself about a tool; hints, believed only of servers that the host trusts. */
export interface McpToolHints {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
}

/** A tool as its server defines it. */
export interface McpToolDefinition {
  /** The server's own name for it. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly hints: McpToolHints;
}

/** A tool that can't be taken, and why. */
export interface McpToolProblem {
  readonly tool: string;
  readonly problem: string;
}

/** A definition with a text that is the same while all of it is. */
export interface ListedDefinition extends McpToolDefinition {
  readonly fingerprint: string;
}

/** Reads one entry of a server's list. */
export function readDefinition(entry: unknown): ListedDefinition | McpToolProblem {
  const name = isObject(entry) && typeof entry["name"] === "string" ? entry["name"].slice(0, 200) : "";
  const refused = (problem: string): McpToolProblem => ({ tool: name || "?", problem });
  if (!isObject(entry) || name === "") return refused("it has no name");
  const fingerprint = stableJson(entry);
  if (fingerprint.length > MOST_CHARS)
    return refused(`its definition is longer than ${MOST_CHARS} characters`);
  const { description = "", inputSchema } = entry;
  if (typeof description !== "string") return refused("its description is no text");
  const problem = schemaProblem(inputSchema);
  if (problem !== undefined) return refused(problem);
  const { $schema: _dialect, ...schema } = inputSchema as JsonObject;
  return { name, description, inputSchema: schema, hints: readHints(entry["annotations"]), fingerprint };
}

function schemaProblem(schema: unknown): string | undefined {
  if (!isObject(schema)) return "its input schema is missing";
  if (schema["type"] !== "object") return 'its input schema is not of type "object"';
  const { properties = {}, required = [] } = schema;
  if (!isObject(properties)) return "the properties of its input schema are no object";
  if (!Array.isArray(required)) return "what its input schema requires is no list";
  return refersOutside(schema, 0)
    ? "its input schema refers to something outside, or is too deep"
    : undefined;
}

function refersOutside(value: unknown, depth: number): boolean {
  if (depth > 100) return true;
  if (Array.isArray(value)) return value.some((item) => refersOutside(item, depth + 1));
  if (!isObject(value)) return false;
  const { $ref: reference } = value;
  if (typeof reference === "string" && !reference.startsWith("#")) return true;
  return Object.values(value).some((item) => refersOutside(item, depth + 1));
}

/** As the protocol has it: whoever says nothing may write, and destroy. */
function readHints(annotations: unknown): McpToolHints {
  const given = isObject(annotations) ? annotations : {};
  return {
    readOnly: given["readOnlyHint"] === true,
    destructive: given["destructiveHint"] !== false,
    idempotent: given["idempotentHint"] === true,
  };
}
