import type { JsonValue } from "@salesagent/ports";

/** A call of a tool: whole, its arguments an object. */
export interface WireToolCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: JsonValue };
}

/** A line of the stream, or a whole answer. */
export interface WireLine {
  readonly message?: {
    readonly content?: string | null;
    readonly thinking?: string | null;
    readonly tool_calls?: readonly WireToolCall[] | null;
  };
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
  readonly error?: JsonValue;
}
