import type { JsonObject, JsonValue } from "@salesagent/ports";

/** A version of the AI SDK's provider specification. */
export type SpecificationVersion = "v2" | "v3" | "v4";

/** The versions that are taken. */
export const SPECIFICATION_VERSIONS: readonly SpecificationVersion[] = ["v2", "v3", "v4"];

/**
 * The members of an AI SDK language model that are called. `LanguageModelV2`, `V3` and `V4` fit as they are; nothing of
 * the AI SDK is imported.
 *
 * @see https://github.com/vercel/ai/tree/main/packages/provider/src/language-model
 */
export interface AiSdkLanguageModel {
  readonly specificationVersion: SpecificationVersion;
  /** Such as `openai.chat`. */
  readonly provider: string;
  readonly modelId: string;
  // The versions' options differ; what is passed is made for the version at hand.
  readonly doStream: (options: never) => PromiseLike<AiSdkStreamResult>;
  readonly doGenerate: (options: never) => PromiseLike<AiSdkGenerateResult>;
}

/** What `doStream` resolves to. */
export interface AiSdkStreamResult {
  readonly stream: { getReader(): AiSdkReader };
  readonly response?: { readonly headers?: AiSdkHeaders } | undefined;
}

/** The part of a stream's reader that is called. */
export interface AiSdkReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(reason?: unknown): Promise<void>;
}

/** Headers of the vendor's response, where they are told. */
export type AiSdkHeaders = Readonly<Record<string, string>> | undefined;

/** What `doGenerate` resolves to, in any version. */
export interface AiSdkGenerateResult {
  readonly content: readonly { readonly type: string }[];
  readonly finishReason: unknown;
  readonly usage: unknown;
  readonly providerMetadata?: AiSdkMetadata | undefined;
  readonly warnings: readonly unknown[];
  readonly response?: { readonly headers?: AiSdkHeaders; readonly id?: string | undefined } | undefined;
}

/** What a vendor wants sent back, keyed by the AI SDK's name of the vendor. */
export type AiSdkMetadata = Readonly<Record<string, unknown>>;

/** The call options, as every version takes them, but for `reasoning`, which is new in v4. */
export interface AiSdkCallOptions {
  readonly prompt: readonly AiSdkMessage[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stopSequences?: readonly string[];
  readonly seed?: number;
  readonly responseFormat?: { readonly type: "json"; readonly schema: JsonObject; readonly name: string };
  readonly tools?: readonly AiSdkTool[];
  readonly toolChoice?:
    | { readonly type: "auto" | "none" | "required" }
    | { readonly type: "tool"; readonly toolName: string };
  readonly reasoning?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh";
  readonly headers?: Readonly<Record<string, string>>;
  readonly providerOptions?: AiSdkMetadata;
  readonly abortSignal?: AbortSignal;
}

export interface AiSdkTool {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly strict?: boolean;
}

interface Carrier {
  readonly providerOptions?: AiSdkMetadata;
}

export type AiSdkMessage =
  | ({ readonly role: "system"; readonly content: string } & Carrier)
  | { readonly role: "user"; readonly content: readonly (AiSdkTextPart | AiSdkFilePart)[] }
  | {
      readonly role: "assistant";
      readonly content: readonly (AiSdkTextPart | AiSdkReasoningPart | AiSdkToolCallPart)[];
    }
  | { readonly role: "tool"; readonly content: readonly AiSdkToolResultPart[] };

export interface AiSdkTextPart extends Carrier {
  readonly type: "text";
  readonly text: string;
}

export interface AiSdkReasoningPart extends Carrier {
  readonly type: "reasoning";
  readonly text: string;
}

export interface AiSdkFilePart extends Carrier {
  readonly type: "file";
  readonly mediaType: string;
  /** Tagged in v4; base64 text or a URL before. */
  readonly data:
    | string
    | URL
    | { readonly type: "data"; readonly data: string }
    | { readonly type: "url"; readonly url: URL };
}

export interface AiSdkToolCallPart extends Carrier {
  readonly type: "tool-call";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: JsonValue;
}

export interface AiSdkToolResultPart {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output:
    | { readonly type: "text" | "error-text"; readonly value: string }
    | { readonly type: "json" | "error-json"; readonly value: JsonValue };
}

interface Part {
  readonly providerMetadata?: AiSdkMetadata;
}

/** The stream parts that are read; there are more, which are passed over. */
export type AiSdkStreamPart =
  | ({
      readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end";
      readonly id: string;
    } & Part)
  | ({ readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string } & Part)
  | ({
      readonly type: "tool-input-start";
      readonly id: string;
      readonly toolName: string;
      readonly providerExecuted?: boolean;
      readonly inputEncoding?: string;
    } & Part)
  | ({ readonly type: "tool-input-delta"; readonly id: string; readonly delta: string } & Part)
  | AiSdkToolCall
  | { readonly type: "stream-start"; readonly warnings: readonly unknown[] }
  | { readonly type: "response-metadata"; readonly id?: string }
  | ({ readonly type: "finish"; readonly usage: unknown; readonly finishReason: unknown } & Part)
  | { readonly type: "error"; readonly error: unknown };

/** A call of a tool, in a stream or in whole content. */
export interface AiSdkToolCall extends Part {
  readonly type: "tool-call";
  readonly toolCallId: string;
  readonly toolName: string;
  /** JSON text. */
  readonly input: string;
  /** The vendor ran the tool itself. */
  readonly providerExecuted?: boolean;
}
