import type { JsonObject, JsonValue } from "@salesagent/ports";

/** A piece of a message, a summary or a thought. */
export interface WireText {
  readonly type?: string;
  readonly text?: string;
  readonly refusal?: string;
}

/** An item of the output: a message, a function call, a stretch of reasoning, or a kind that came later. */
export interface WireItem {
  readonly type?: string;
  readonly id?: string;
  readonly content?: readonly WireText[] | null;
  readonly summary?: readonly WireText[] | null;
  readonly encrypted_content?: string | null;
  readonly phase?: string | null;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

export interface WireResponseUsage {
  readonly input_tokens?: number | null;
  readonly input_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly output_tokens?: number | null;
  readonly output_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
}

/** A whole response; also inside the events that begin and end a stream. */
export interface WireResponse {
  readonly status?: string;
  readonly output?: readonly WireItem[] | null;
  readonly usage?: WireResponseUsage | null;
  readonly error?: JsonObject | null;
  readonly incomplete_details?: { readonly reason?: string } | null;
}

/** An event of a stream; each type has some of the fields. */
export interface WireResponseEvent {
  readonly type?: string;
  readonly output_index?: number;
  readonly summary_index?: number;
  readonly delta?: string;
  readonly item?: WireItem;
  readonly response?: WireResponse;
  readonly error?: JsonValue;
}
