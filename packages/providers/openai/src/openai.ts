import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel, createEndpointModel } from "@salesagent/provider-openai-compatible";
import { type OpenAiAccount, openAiPlace } from "./openai-place.js";
import { responsesEndpoint } from "./responses-endpoint.js";

/** Settings of an OpenAI model. */
export interface OpenAiSettings extends ModelSettings, OpenAiAccount {
  /**
   * The endpoint. `responses` tells summaries of reasoning and takes earlier reasoning back, encrypted, so that nothing is
   * stored at OpenAI; `chat` is the one that most proxies know. @defaultValue "chat"
   */
  readonly api?: "chat" | "responses" | undefined;
  /**
   * Asks the responses endpoint to tell what the model thought. Some organisations must be verified for it first.
   * @defaultValue not asked for
   */
  readonly reasoningSummary?: "auto" | "concise" | "detailed" | undefined;
}

/**
 * A model at OpenAI. The key comes from `apiKey` or `OPENAI_API_KEY`; no other variable of OpenAI's SDK is read.
 *
 * @param modelId - Such as `gpt-5.4-mini`.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function openai(modelId: string, settings: OpenAiSettings = {}): LanguageModel {
  const { api = "chat", reasoningSummary } = settings;
  const place = openAiPlace(modelId, settings);
  if (api === "responses") {
    return createEndpointModel(modelId, responsesEndpoint(place, reasoningSummary), settings);
  }
  if (api !== "chat") throw new TypeError(`api must be "chat" or "responses", got ${JSON.stringify(api)}`);
  const dialect = {
    ...place,
    maxTokensField: "max_completion_tokens",
    streamOptions: { include_usage: true, include_obfuscation: false },
    cacheKeyField: "prompt_cache_key",
  } as const;
  return createChatModel(modelId, dialect, settings);
}
