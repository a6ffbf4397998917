import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { deepseekDialect } from "./deepseek-dialect.js";

/** Settings of a DeepSeek model. */
export interface DeepSeekSettings extends ModelSettings {
  /** Where the server is; `https://api.deepseek.com/beta` has strict tools. @defaultValue "https://api.deepseek.com" */
  readonly baseUrl?: string | undefined;
}

/**
 * A model at DeepSeek. The key comes from `apiKey` or `DEEPSEEK_API_KEY`.
 *
 * @param modelId - Such as `deepseek-flash`.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function deepseek(modelId: string, settings: DeepSeekSettings = {}): LanguageModel {
  return createChatModel(modelId, deepseekDialect(settings.baseUrl ?? "https://api.deepseek.com"), settings);
}
