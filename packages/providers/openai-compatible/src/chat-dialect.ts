import type {
  AssistantMessage,
  JsonObject,
  ModelProfile,
  ModelRequest,
  ModelTimeouts,
  ReasoningEffort,
} from "@salesagent/ports";
import type { ModelFailureCode, ProfileTable, Warn, WireFailureInit } from "@salesagent/provider-kit";

/** The call that a request is mapped for. */
export interface ChatTarget {
  readonly request: ModelRequest;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly streamed: boolean;
}

/** How one vendor's server differs from the common format. Each vendor package is one of these and little more. */
export interface ChatDialect {
  /** Such as `cerebras`; lower case. Also the key of the vendor's `providerOptions` and `providerData`. */
  readonly provider: string;
  readonly baseUrl: string;
  /** Variables that may hold the key, in order. */
  readonly keyVariables: readonly string[];
  /** False for servers that also answer without a key. */
  readonly keyRequired: boolean;
  /** Its abilities decide how structured output is asked for. */
  readonly profiles: ProfileTable;
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** Sent when the caller sets no limit, for vendors that charge the quota ahead with the model's whole limit. */
  readonly defaultMaxTokens?: (profile: ModelProfile) => number | undefined;
  /** Asks for usage in the stream: needed by some, refused by some, a no-op for others. */
  readonly streamOptions?: JsonObject;
  /** The field for `ModelRequest.cacheKey`; without one the key is not sent. */
  readonly cacheKeyField?: string;
  /** False for servers that don't take `strict` on tools. @defaultValue true */
  readonly strictTools?: boolean;
  readonly requestIdHeader?: string;
  /** Takes a clean `[DONE]` as the end even when no finish reason came. @defaultValue false */
  readonly acceptMissingReason?: boolean;
  /** Reads `<think>…</think>` at the head of the text as reasoning. @defaultValue false */
  readonly thinkTags?: boolean;
  /** Other limits than the common ones, for servers that start slowly. */
  readonly timeouts?: ModelTimeouts;
  /** Fields that ask for an effort of reasoning. By default `reasoning_effort`, where the model reasons. */
  readonly reasoning?: (effort: ReasoningEffort, target: ChatTarget, warn: Warn) => JsonObject;
  /** Fields that an assistant message must carry back, such as earlier reasoning. */
  readonly assistantFields?: (message: AssistantMessage, target: ChatTarget) => JsonObject;
  /** Last word on the body, the caller's `providerOptions` included. */
  readonly finishBody?: (body: JsonObject, target: ChatTarget, warn: Warn) => JsonObject;
  /** False for a request that costs something else than the list says. @defaultValue the list holds */
  readonly isListPriced?: (request: ModelRequest) => boolean;
  /** Headers that the vendor wants. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The vendor's own reading of a failure; nothing leaves it to the common one. */
  readonly classify?: (failure: WireFailureInit) => ModelFailureCode | undefined;
}
