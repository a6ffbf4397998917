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

/** A tool whose types are not known, for lists. */
export interface AnyTool {
  readonly name: string;
  readonly description: string;
  readonly input: StandardSchema;
  readonly inputSchema: JsonSchema;
  readonly output?: StandardSchema | undefined;
  readonly effect: ToolEffect;
  /** Whose words the output is: `external` for what others wrote, which is data whatever it says. */
  readonly origin: "tool" | "external";
  readonly timeoutMs: number;
  readonly maxOutputChars: number;
  readonly run: (input: never, context: ToolContext) => unknown;
}

/** Something that a model can call. Made by {@link defineTool}. */
export interface Tool<Input, Output> extends AnyTool {
  readonly input: StandardSchema<unknown, Input>;
  readonly output?: StandardSchema<unknown, Output> | undefined;
  readonly run: (input: Input, context: ToolContext) => Output | Promise<Output>;
}

/** What came of one tool call, as the model is told it. */
export interface ToolOutcome {
  readonly output: JsonValue;
  readonly failed: boolean;
  readonly errorCode?: string;
  readonly latencyMs: number;
}
