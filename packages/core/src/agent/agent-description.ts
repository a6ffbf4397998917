import type { JsonSchema, StandardSchema } from "@salesagent/ports";
import { toJsonSchema } from "../model/validate.js";
import type { AnyTool } from "../tools/tool.js";

/** What an agent says of itself, for people and for other programs. */
export interface AgentDescription {
  readonly name: string;
  /** What a run is given, where it is known. */
  readonly input?: JsonSchema;
  /** What a run ends with, where it is known. */
  readonly output?: JsonSchema;
  /** Whether it has a memory: without one, each message of a thread is answered as if it were the first. */
  readonly remembers: boolean;
  readonly tools: readonly Pick<AnyTool, "name" | "description" | "effect">[];
}

/** What is told of tools. */
export function describeTools(tools: Iterable<AnyTool>): AgentDescription["tools"] {
  return Array.from(tools, ({ name, description, effect }) => ({ name, description, effect }));
}

/** @returns Nothing for a schema that can't be printed: it checks all the same. */
export function printed(
  schema: StandardSchema | undefined,
  side: "input" | "output",
): JsonSchema | undefined {
  if (!schema) return undefined;
  try {
    return toJsonSchema(schema, side, side);
  } catch {
    return undefined;
  }
}
