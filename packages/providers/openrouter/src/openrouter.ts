import type { LanguageModel } from "@salesagent/ports";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { openRouterDialect } from "./openrouter-dialect.js";
import type { OpenRouterSettings } from "./openrouter-settings.js";

/**
 * A model at OpenRouter. The key comes from `apiKey` or `OPENROUTER_API_KEY`. Costs are what OpenRouter charged.
 *
 * @param modelId - With its author, such as `openai/gpt-oss-120b`.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function openrouter(modelId: string, settings: OpenRouterSettings = {}): LanguageModel {
  return createChatModel(modelId, openRouterDialect(settings), settings);
}
