import type { Clock, EffectRecord, JsonSchema, JsonValue, StandardSchema } from "@salesagent/ports";
import type { ActContext, ApprovalOption, Gate, LookupAnswer } from "../effects/index.js";

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

/** What a tool that writes is given besides its input. */
export interface WriteContext extends ToolContext {
  /**
   * 43 characters of base64url: the same on every attempt at this effect, another for every other one. For a header
   * `Idempotency-Key`, a `Message-ID`, or whatever the vendor and the lookup know it by.
   */
  readonly idempotencyKey: string;
}

/** What the effect ledger needs of a tool that writes. */
export interface WriteRules<Input, Output> {
  /** Whom or what it is done to, in its normal form: two spellings of one address must come out the same. */
  readonly target: (input: Input) => string;
  /**
   * Asks the outside whether it happened, after an actor died or failed in between. `false` must be certain: the tool is run
   * again. Without a lookup nothing is done again where the outcome is unknown.
   */
  readonly lookup?:
    | ((
        input: Input,
        record: EffectRecord,
        context: ActContext,
      ) => LookupAnswer<Output> | Promise<LookupAnswer<Output>>)
    | undefined;
  /** Asked in order, in the transaction that claims the effect. */
  readonly gates?: readonly Gate[] | undefined;
  /** Whether a person has to allow each call. @defaultValue nobody is asked */
  readonly approval?: ApprovalOption<Input> | undefined;
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
  /** Set for a tool that writes. */
  readonly rules?: WriteRules<never, unknown> | undefined;
  run(input: never, context: ToolContext): unknown;
}

/** Something that a model can call. Made by {@link defineTool}. */
export interface Tool<Input, Output> extends AnyTool {
  readonly input: StandardSchema<unknown, Input>;
  readonly output?: StandardSchema<unknown, Output> | undefined;
  run(input: Input, context: ToolContext): Output | Promise<Output>;
}

/** What came of one tool call, as the model is told it. */
export interface ToolOutcome {
  readonly output: JsonValue;
  readonly failed: boolean;
  readonly errorCode?: string;
  readonly latencyMs: number;
}
