import type { JsonValue } from "@salesagent/ports";

/** One item of `tool_calls`, as the many servers of this format send it. */
export interface WireToolCall {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: JsonValue };
  readonly extra_content?: JsonValue;
}

/** A piece of content, for servers that send parts in place of text. */
export interface WireContentPart {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: readonly { readonly text?: string }[];
}

/** What a chunk adds to the answer; also a whole message. */
export interface WireDelta {
  readonly content?: string | null | readonly WireContentPart[];
  readonly refusal?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
  readonly reasoning_details?: readonly JsonValue[] | null;
  readonly tool_calls?: readonly WireToolCall[] | null;
}

/** Token counts of this format, with the additions of single vendors. */
export interface WireUsage {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly total_tokens?: number | null;
  readonly cost?: number | null;
  readonly is_byok?: boolean | null;
  readonly cost_details?: { readonly upstream_inference_cost?: number | null } | null;
  readonly prompt_cache_hit_tokens?: number | null;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
}

/** A chunk of a stream, or a whole completion. */
export interface WireChunk {
  readonly choices?:
    | readonly {
        readonly index?: number;
        readonly delta?: WireDelta | null;
        readonly message?: WireDelta | null;
        readonly finish_reason?: string | null;
      }[]
    | null;
  readonly usage?: WireUsage | null;
  readonly x_groq?: { readonly usage?: WireUsage | null };
  readonly error?: JsonValue;
}
