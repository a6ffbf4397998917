import type {
  AssistantMessage,
  JsonObject,
  ModelProfile,
  ModelRequest,
  ModelWarning,
  ReasoningEffort,
} from "@salesagent/ports";
import type { ModelFailureCode, ProfileTable, WireFailureInit } from "@salesagent/provider-kit";

/** Where warnings go while a request is mapped. */
export type Warn = (warning: ModelWarning) => void;

/** How one vendor's server differs from the common format. Each vendor package is one of these and little more. */
export interface ChatDialect {
  /** Such as `cerebras`; lower case. Also the key of the vendor's `providerOptions` and `providerData`. */
  readonly provider: string;
  readonly baseUrl: string;
  /** Variables that may hold the key, in order. Empty when no key is needed. */
  readonly keyVariables: readonly string[];
  /** False for servers that answer without a key. */
  readonly keyRequired: boolean;
  readonly profiles: ProfileTable;
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** Sent when the caller sets no limit, for vendors that charge the quota ahead with the model's whole limit. */
  readonly defaultMaxTokens?: (profile: ModelProfile) => number | undefined;
  /** Ask for usage in the stream: needed by some, refused by some, a no-op for others. */
  readonly streamOptions?: JsonObject;
  readonly structuredOutput: "json_schema" | "json_object";
  readonly requestIdHeader?: string;
  /** Takes a clean `[DONE]` as the end even when no finish reason came. */
  readonly acceptMissingReason?: boolean;
  /** Fields of the request that ask for an effort of reasoning. */
  readonly reasoning?: (effort: ReasoningEffort, profile: ModelProfile, warn: Warn) => JsonObject;
  /** Fields that an assistant message must carry back, such as earlier reasoning. */
  readonly assistantFields?: (message: AssistantMessage, request: ModelRequest) => JsonObject;
  /** Last word on the body. */
  readonly finishBody?: (body: JsonObject, request: ModelRequest, warn: Warn) => JsonObject;
  /** Headers that the vendor wants. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly classify?: (failure: WireFailureInit) => ModelFailureCode | undefined;
}
