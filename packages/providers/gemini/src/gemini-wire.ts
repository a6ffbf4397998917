import type { JsonObject, JsonValue } from "@salesagent/ports";

/** A piece of a call's arguments, at a place in them. */
export interface WirePartialArgument {
  readonly jsonPath?: string;
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly boolValue?: boolean;
  readonly nullValue?: JsonValue;
}

/** A call: whole, or begun, continued and closed by parts of their own. */
export interface WireFunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: JsonObject | null;
  readonly partialArgs?: readonly WirePartialArgument[];
  readonly willContinue?: boolean;
}

/** A part of the answer. Parts of other kinds are passed over. */
export interface WirePart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: WireFunctionCall;
}

/** Token counts of this format; those of zero are left out. */
export interface WireUsage {
  readonly promptTokenCount?: number;
  readonly toolUsePromptTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount?: number;
}

/** An event of the stream, or a whole answer. */
export interface WireChunk {
  readonly candidates?: readonly {
    readonly index?: number;
    readonly content?: { readonly parts?: readonly WirePart[] };
    readonly finishReason?: string;
    readonly finishMessage?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string; readonly blockReasonMessage?: string };
  readonly usageMetadata?: WireUsage;
  readonly error?: JsonValue;
}
