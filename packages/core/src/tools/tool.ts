import type { Clock, JsonSchema, JsonValue, StandardSchema } from "@salesagent/ports";

/**
 * What running a tool can change outside: nothing; nothing, but it reads what others wrote; or something. A `write` runs
 * only where an effect ledger guards it.
 */
export type ToolEffect = "none" | "read" | "write";

/** What a tool is given besides its input. */
export interface ToolContext {
  readonly tenant: string;
  readonly runId: string;
  /** Id of this call in the transcript. */
  readonly callId: string;
  /** Aborts when the run ends or the tool's time is up. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Something that a model can call. Made by {@link defineTool}. */
export interface Tool<Input = never, Output = unknown> {
  readonly name: string;
  readonly description: string;
  readonly input: StandardSchema<unknown, Input>;
  readonly inputSchema: JsonSchema;
  readonly output?: StandardSchema<unknown, Output>;
  readonly effect: ToolEffect;
  /** Whose words the output is: `external` for what others wrote, which is data whatever it says. */
  readonly origin: "tool" | "external";
  readonly timeoutMs: number;
  readonly maxOutputChars: number;
  readonly run: (input: Input, context: ToolContext) => Output | Promise<Output>;
}

/** A tool whose types are not known, for lists. */
export type AnyTool = Tool<never, unknown>;

/** What came of one tool call, as the model is told it. */
export interface ToolOutcome {
  readonly output: JsonValue;
  readonly failed: boolean;
  readonly errorCode?: string;
  readonly latencyMs: number;
}
