import type { AssistantMessage, JsonObject, LanguageModel } from "@salesagent/ports";
import type { ModelSettings, ProfileTable } from "@salesagent/provider-kit";
import type { ChatDialect } from "./chat-dialect.js";
import { createChatModel } from "./chat-model.js";

/** How a server differs from the common format, and how it is reached. */
export interface OpenAiCompatibleSettings extends ModelSettings {
  /** Name of the server in results, errors, `providerOptions` and `providerData`: lower case, such as `groq`. */
  readonly provider: string;
  /** Up to the version, such as `https://api.groq.com/openai/v1`. */
  readonly baseUrl: string;
  /** Variables that may hold the key, such as `GROQ_API_KEY`, in order. @defaultValue none */
  readonly keyVariables?: readonly string[] | undefined;
  /** True to fail before sending when there is no key. @defaultValue false */
  readonly keyRequired?: boolean | undefined;
  /** @defaultValue "max_tokens" */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens" | undefined;
  /** Asks for usage in streams; false for servers that refuse `stream_options`. @defaultValue true */
  readonly streamUsage?: boolean | undefined;
  /** What the server holds answers to; the rest is asked for in the prompt. @defaultValue "schema" */
  readonly structuredOutput?: "schema" | "json" | "none" | undefined;
  /** Reads `<think>…</think>` at the head of the text as reasoning. @defaultValue false */
  readonly thinkTags?: boolean | undefined;
  /** Takes a clean `[DONE]` as the end when no finish reason came (Snowflake Cortex). @defaultValue false */
  readonly acceptMissingReason?: boolean | undefined;
  /** The field in which earlier reasoning goes back with assistant messages. @defaultValue none: it is left out */
  readonly replayReasoningAs?: "reasoning" | "reasoning_content" | undefined;
  /** Name of the response header that holds the request's id. @defaultValue "x-request-id" */
  readonly requestIdHeader?: string | undefined;
  /** The field for `ModelRequest.cacheKey`. @defaultValue none: the key is not sent */
  readonly cacheKeyField?: string | undefined;
  /** False for servers that don't take `strict` on tools. @defaultValue true */
  readonly strictTools?: boolean | undefined;
}

/**
 * A model behind any server that speaks chat completions: Groq, xAI, Mistral, Z.ai, Snowflake, LM Studio, a gateway of
 * your own. Its price is unknown unless `profile` tells it.
 *
 * @throws TypeError for a blank model id, a provider name that is not lower case, or a base URL that is none.
 */
export function openaiCompatible(modelId: string, settings: OpenAiCompatibleSettings): LanguageModel {
  return createChatModel(modelId, toDialect(settings), settings);
}

function toDialect(settings: OpenAiCompatibleSettings): ChatDialect {
  const { provider, baseUrl, replayReasoningAs: field, cacheKeyField, streamUsage = true } = settings;
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(provider)) {
    throw new TypeError(`provider must be a lower-case name, such as groq, got "${provider}"`);
  }
  return {
    provider,
    baseUrl,
    keyVariables: settings.keyVariables ?? [],
    keyRequired: settings.keyRequired ?? false,
    profiles: unknownModels(settings),
    maxTokensField: settings.maxTokensField ?? "max_tokens",
    requestIdHeader: settings.requestIdHeader ?? "x-request-id",
    acceptMissingReason: settings.acceptMissingReason ?? false,
    thinkTags: settings.thinkTags ?? false,
    strictTools: settings.strictTools ?? true,
    ...(streamUsage ? { streamOptions: { include_usage: true } } : {}),
    ...(cacheKeyField === undefined ? {} : { cacheKeyField }),
    ...(field === undefined ? {} : { assistantFields: (message) => reasoningField(message, field) }),
  };
}

function unknownModels({ structuredOutput = "schema" }: OpenAiCompatibleSettings): ProfileTable {
  return {
    models: {},
    unknown: {
      abilities: {
        tools: true,
        parallelTools: true,
        structuredOutput,
        reasoning: true,
        vision: false,
        sampling: true,
        prefill: false,
      },
      locality: "cloud",
      source: { asOf: "2026-11-21", note: "Assumed of any server of this format; say better in `profile`." },
    },
  };
}

/** Earlier reasoning as a field of its message; nothing where there was none. */
export function reasoningField(message: AssistantMessage, field: string): JsonObject {
  const text = message.parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  return text === "" ? {} : { [field]: text };
}
