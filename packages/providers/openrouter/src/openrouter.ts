import type { JsonObject, LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { openRouterDialect } from "./openrouter-dialect.js";

/** Settings of a model at OpenRouter. */
export interface OpenRouterSettings extends ModelSettings {
  /** Your app's address, for OpenRouter's rankings (`HTTP-Referer`). @defaultValue not sent */
  readonly appUrl?: string | undefined;
  /** Your app's name, for the same (`X-OpenRouter-Title`). @defaultValue not sent */
  readonly appTitle?: string | undefined;
  /** Models that OpenRouter tries when the first fails. The answer does not tell which one wrote it. @defaultValue none */
  readonly fallbackModels?: readonly string[] | undefined;
  /** OpenRouter's `provider` object: `order`, `only`, `data_collection`, `zdr`, `max_price` and so on. */
  readonly routing?: JsonObject | undefined;
}

/**
 * A model at OpenRouter. The key comes from `apiKey` or `OPENROUTER_API_KEY`. Costs are what OpenRouter charged.
 *
 * @param modelId - With its author, such as `openai/gpt-oss-120b`.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function openrouter(modelId: string, settings: OpenRouterSettings = {}): LanguageModel {
  return createChatModel(modelId, openRouterDialect(settings), settings);
}
