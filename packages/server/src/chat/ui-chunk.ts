import type { JsonObject, JsonValue } from "@salesagent/ports";

/** Marks text that another model or another life of the run has taken back: a page leaves it out. */
export interface TextMark {
  readonly salesagent: { readonly withdrawn: true };
}

/**
 * A part of the AI SDK's UI message stream, version 1, as far as we tell them.
 *
 * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 */
export type UiChunk =
  | { readonly type: "start"; readonly messageId: string; readonly messageMetadata?: JsonObject }
  | { readonly type: "start-step" | "finish-step" | "abort" }
  | { readonly type: "text-start" | "reasoning-start"; readonly id: string }
  | { readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string }
  | {
      readonly type: "text-end" | "reasoning-end";
      readonly id: string;
      readonly providerMetadata?: TextMark;
    }
  | {
      readonly type: "tool-input-start";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly dynamic: true;
    }
  | { readonly type: "tool-input-delta"; readonly toolCallId: string; readonly inputTextDelta: string }
  | {
      readonly type: "tool-input-available";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: JsonValue;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-output-available";
      readonly toolCallId: string;
      readonly output: JsonValue;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-output-error";
      readonly toolCallId: string;
      readonly errorText: string;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-input-error";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: JsonValue;
      readonly errorText: string;
      readonly dynamic: true;
    }
  | { readonly type: `data-${string}`; readonly id?: string; readonly data: JsonValue }
  | { readonly type: "error"; readonly errorText: string }
  | { readonly type: "finish"; readonly messageMetadata?: JsonObject };
