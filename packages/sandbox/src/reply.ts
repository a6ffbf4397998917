import type { JsonValue } from "@salesagent/ports";
import type { Fault } from "./fault.js";

/** A tool that the reply calls. */
export interface ReplyToolCall {
  readonly name: string;
  /** An object, or the raw text, which need not be JSON. `""` is a tool without arguments. @defaultValue {} */
  readonly arguments?: JsonValue;
  /** The call's id. @defaultValue one in the vendor's own style */
  readonly id?: string;
}

/** Why the reply ends. `error` is a reason of OpenRouter and DeepSeek; others send their nearest. */
export type ReplyFinish = "stop" | "length" | "tool-calls" | "content-filter" | "error";

/** Tokens that the reply claims. Totals include their parts, whatever the vendor's own arithmetic is. */
export interface ReplyUsage {
  /** All input tokens, cached ones included. @defaultValue about a quarter of the request's characters */
  readonly inputTokens?: number;
  /** Input tokens read from a cache. @defaultValue 0 */
  readonly cachedTokens?: number;
  /** Input tokens written to a cache. @defaultValue 0 */
  readonly cacheWriteTokens?: number;
  /** All output tokens, reasoning included. @defaultValue the pieces of reasoning, text and tool arguments */
  readonly outputTokens?: number;
  /** Output tokens spent on reasoning. @defaultValue the pieces of reasoning */
  readonly reasoningTokens?: number;
  /** What the vendor charged, in USD; sent where the vendor tells it (OpenRouter, xAI). @defaultValue 0 */
  readonly costUsd?: number;
}

/** How fast the reply comes, in milliseconds by the sandbox's clock. */
export interface ReplyTiming {
  /** From the request to the headers. @defaultValue 0 */
  readonly headersMs?: number;
  /** From the headers to the first token. @defaultValue 0 */
  readonly firstTokenMs?: number;
  /** Between two tokens; 0 gives each event a write of its own. @defaultValue as fast as the socket takes them */
  readonly betweenTokensMs?: number;
}

/** Where usage stands in a stream of chat completions. */
export type UsagePosition =
  | "asked"
  | "before-finish"
  | "with-finish"
  | "repeat-finish"
  | "after-finish"
  | "every-event"
  | "never";

/** Deviations of a chat completions stream that vary by model or parser. Each overrides the flavor's own habit. */
export interface ReplyQuirks {
  readonly usageAt?: UsagePosition;
  readonly toolCalls?: "fragments" | "whole";
  /** `index` of parallel calls: counted from 0, from 1, always 0, or no such key. */
  readonly toolIndex?: "count" | "from-one" | "zero" | "absent";
  /** Finish reason on the wire, verbatim; null for none at all. */
  readonly finishReason?: string | null;
  /** The older key for reasoning, where the flavor sends `reasoning`. */
  readonly reasoningKey?: "reasoning" | "reasoning_content";
}

/** What the model says, in no vendor's words. Each wire format renders it in its own. */
export interface Reply {
  readonly text?: string;
  readonly reasoning?: string;
  /** A refusal, where the format has a place of its own for it; elsewhere it is the text. */
  readonly refusal?: string;
  readonly toolCalls?: readonly ReplyToolCall[];
  /** @defaultValue `tool-calls` with tool calls, else `stop` */
  readonly finish?: ReplyFinish;
  readonly usage?: ReplyUsage;
  /** The exact pieces in which the text streams. @defaultValue words */
  readonly chunks?: readonly string[];
  /** Words in one event. @defaultValue 1; 12 for Gemini */
  readonly tokensPerEvent?: number;
  readonly timing?: ReplyTiming;
  /** What goes wrong. Several are applied together, in order. */
  readonly fault?: Fault | readonly Fault[];
  /** More response headers, or others than the vendor's usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The model that claims to answer. @defaultValue the one asked for */
  readonly model?: string;
  readonly quirks?: ReplyQuirks;
  /** Vectors for an embeddings request, in the order of its inputs. @defaultValue made from a hash of each input */
  readonly embeddings?: readonly (readonly number[])[];
}
