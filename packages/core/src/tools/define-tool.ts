import type { StandardSchema } from "@salesagent/ports";
import { toJsonSchema } from "../model/validate.js";
import type { Tool, ToolContext, ToolEffect } from "./tool.js";

/** What a tool is made from. */
export interface ToolDefinition<Input, Output> {
  /** Letters, digits, `_` and `-`; 1–64. */
  readonly name: string;
  /** Tells the model what the tool does and when to use it. */
  readonly description: string;
  /** Any Standard Schema that prints JSON Schema, such as a zod object. */
  readonly input: StandardSchema<unknown, Input>;
  /** Checks what `run` returns. */
  readonly output?: StandardSchema<unknown, Output>;
  readonly effect: ToolEffect;
  /** @defaultValue "external" when the tool reads, else "tool" */
  readonly origin?: "tool" | "external";
  /** How long a call may take, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /** How long the output may be as JSON, in characters. @defaultValue 100_000 */
  readonly maxOutputChars?: number;
  readonly run: (input: Input, context: ToolContext) => Output | Promise<Output>;
}

/**
 * Makes a tool. The input's type is inferred from its schema.
 *
 * @throws TypeError naming the field that is wrong, RangeError naming the limit.
 */
export function defineTool<Input, Output>(definition: ToolDefinition<Input, Output>): Tool<Input, Output> {
  const { name, effect, timeoutMs = 30_000, maxOutputChars = 100_000 } = definition;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(`tool.name must be 1–64 letters, digits, "_" or "-", got "${name}"`);
  }
  if (definition.description.trim() === "") throw new TypeError(`tools.${name}.description is empty`);
  for (const [option, value] of Object.entries({ timeoutMs, maxOutputChars })) {
    if (!(value > 0)) throw new RangeError(`tools.${name}.${option} must be > 0, got ${value}`);
  }
  return Object.freeze({
    ...definition,
    inputSchema: toJsonSchema(definition.input, "input", `tools.${name}.input`),
    origin: definition.origin ?? (effect === "read" ? "external" : "tool"),
    timeoutMs,
    maxOutputChars,
  });
}
