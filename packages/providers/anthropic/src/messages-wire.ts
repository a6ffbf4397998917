import type { JsonObject, JsonValue } from "@salesagent/ports";

/** Token counts of this format. A later count replaces an earlier one. */
export interface WireUsage {
  readonly input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number | null } | null;
  readonly output_tokens?: number | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
  readonly server_tool_use?: { readonly web_search_requests?: number | null } | null;
  /** One entry for each time that a model was run for this answer. */
  readonly iterations?: readonly WireUsage[] | null;
}

/** A block of content, as it begins in a stream or stands in a whole message. */
export interface WireBlock {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly data?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: JsonValue;
}

/** What a delta adds to its block; also what `message_delta` adds to the message. */
export interface WireDelta {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly partial_json?: string;
  readonly citation?: JsonObject;
  readonly stop_reason?: string | null;
}

/** A whole message. */
export interface WireMessage {
  readonly content?: readonly WireBlock[] | null;
  readonly stop_reason?: string | null;
  readonly usage?: WireUsage | null;
}

/** An event of the stream. */
export interface WireEvent {
  readonly type?: string;
  readonly index?: number;
  readonly message?: WireMessage;
  readonly content_block?: WireBlock;
  readonly delta?: WireDelta;
  readonly usage?: WireUsage | null;
  readonly error?: JsonValue;
}
