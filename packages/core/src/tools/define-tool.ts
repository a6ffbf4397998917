import type { StandardSchema } from "@salesagent/ports";
import { checkExpiry } from "../effects/approval-policy.js";
import { toJsonSchema } from "../model/validate.js";
import type { Tool, ToolContext, ToolEffect, WriteContext, WriteRules } from "./tool.js";

/** What every tool is made from. */
export interface ToolBasics<Input, Output> {
  /** Letters, digits, `_` and `-`; 1–64. */
  readonly name: string;
  /** Tells the model what the tool does and when to use it. */
  readonly description: string;
  /** Any Standard Schema that prints JSON Schema, such as a zod object. */
  readonly input: StandardSchema<unknown, Input>;
  /** Checks what `run` returns; of a tool that writes, what is kept of it: plain data. */
  readonly output?: StandardSchema<unknown, Output>;
  /** @defaultValue "external" when the tool reads, else "tool" */
  readonly origin?: "tool" | "external";
  /** How long a call may take, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /** How long the output may be as JSON, in characters. @defaultValue 100_000 */
  readonly maxOutputChars?: number;
}

/** What a tool is made from that changes nothing outside. */
export interface ReadToolDefinition<Input, Output> extends ToolBasics<Input, Output> {
  readonly effect: Exclude<ToolEffect, "write">;
  readonly run: (input: Input, context: ToolContext) => Output | Promise<Output>;
}

/** What a tool is made from that changes something outside. It runs where an effect ledger guards it, and nowhere else. */
export interface WriteToolDefinition<Input, Output>
  extends ToolBasics<Input, Output>,
    WriteRules<Input, Output> {
  readonly effect: "write";
  /** An error of the family with `replay: "safe"` says that nothing happened; after any other one `lookup` is asked. */
  readonly run: (input: Input, context: WriteContext) => Output | Promise<Output>;
}

/** What a tool is made from. */
export type ToolDefinition<Input, Output> =
  | ReadToolDefinition<Input, Output>
  | WriteToolDefinition<Input, Output>;

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
    name,
    description: definition.description,
    input: definition.input,
    inputSchema: toJsonSchema(definition.input, "input", `tools.${name}.input`),
    output: definition.output,
    effect,
    origin: definition.origin ?? (effect === "read" ? "external" : "tool"),
    timeoutMs,
    maxOutputChars,
    rules: definition.effect === "write" ? writeRules(definition) : undefined,
    // A tool that writes is run by the ledger alone, which gives it all of its context.
    run: definition.run as Tool<Input, Output>["run"],
  });
}

function writeRules<Input, Output>(
  definition: WriteToolDefinition<Input, Output>,
): WriteRules<Input, Output> {
  const { name, target, lookup, gates, approval } = definition;
  if (typeof target !== "function") {
    throw new TypeError(
      `tools.${name}.target must be a function: it tells whom or what a tool that writes does it to`,
    );
  }
  if (typeof approval === "object") checkExpiry(`tools.${name}.approval`, approval.expiresInMs);
  return Object.freeze({ target, lookup, gates, approval });
}
