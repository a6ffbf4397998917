import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import type { UsagePosition } from "../reply.js";

/** How one vendor's chat completions differ from the others'. Data and small functions; the renderer has no vendor's name. */
export interface ChatFlavor {
  readonly chunkId: (answer: Pick<Answer, "seed" | "createdSeconds">) => string;
  /** `system_fingerprint`, where the vendor sends one. */
  readonly fingerprint?: string;
  /** More keys beside `choices`, on every chunk and on a whole answer. */
  readonly envelope?: (answer: Answer) => JsonObject;
  /** More keys on the first chunk alone. */
  readonly firstChunk?: (answer: Answer) => JsonObject;
  /** More keys on the finish chunk and on a whole answer. */
  readonly finishChunk?: (answer: Answer, usage: JsonObject) => JsonObject;
  /** The first delta. */
  readonly headDelta: JsonObject;
  /** The head rides on the first tool call's chunk when no text comes before it. */
  readonly headJoinsCall?: boolean;
  /** Keys on every delta that does not set them itself. */
  readonly deltaKeys?: JsonObject;
  /** Keys on every choice that does not set them itself. */
  readonly choiceKeys?: JsonObject;
  readonly finishDelta: JsonObject;
  /** Delta of a piece of reasoning; `undefined` where the vendor shows none. */
  readonly reasoning?: (piece: string, key: "reasoning" | "reasoning_content") => JsonObject;
  readonly reasoningKey: "reasoning" | "reasoning_content";
  /** Keys of a whole message that carry its reasoning. @defaultValue the delta's own */
  readonly wholeReasoning?: (text: string) => JsonObject;
  /** A last reasoning delta that carries a signature. */
  readonly reasoningEnd?: () => JsonObject;
  readonly text?: (piece: string) => JsonObject;
  readonly toolCalls: "fragments" | "whole";
  readonly toolIndex: "count" | "zero" | "absent";
  readonly toolCallId: (seed: string, position: number) => string;
  /** More keys of a tool call. */
  readonly toolCallKeys?: (seed: string) => JsonObject;
  /** `finish_reason` is null, or not there, until the last chunk. */
  readonly pendingFinish: "null" | "absent";
  readonly finishWithCalls: "tool_calls" | "stop";
  /** The vendor's name for a failed finish. */
  readonly finishOnError: string;
  /** The upstream's own word for the finish, told in `native_finish_reason`. */
  readonly nativeFinish?: (answer: Answer) => string;
  /** The vendor tells no finish reason at all: none in a stream, `""` in a whole answer. */
  readonly neverFinishes?: boolean;
  readonly usageAt: UsagePosition;
  /** `usage: null` on chunks without usage. */
  readonly nullUsage: "never" | "asked" | "always";
  readonly usage: (answer: Answer) => JsonObject;
  /** Keep-alive comments before the first chunk. */
  readonly openingComments?: readonly string[];
  /** Text that may come before a whole JSON body. */
  readonly bodyPadding?: string;
  /** Random padding on each chunk, unless it is turned off. */
  readonly obfuscates?: boolean;
}
