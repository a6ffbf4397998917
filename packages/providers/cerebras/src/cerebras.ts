import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { cerebrasDialect } from "./cerebras-dialect.js";

/** Settings of a Cerebras model. */
export interface CerebrasSettings extends ModelSettings {
  /**
   * Output limit of calls that name none, reasoning included. Cerebras charges the quota ahead with it, so a large one
   * makes small calls meet the rate limit. @defaultValue 8_192
   */
  readonly defaultMaxOutputTokens?: number | undefined;
}

/**
 * A model at Cerebras. The key comes from `apiKey` or `CEREBRAS_API_KEY`.
 *
 * @param modelId - Such as `gpt-oss-120b`.
 * @throws TypeError or RangeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function cerebras(modelId: string, settings: CerebrasSettings = {}): LanguageModel {
  const { defaultMaxOutputTokens = 8_192 } = settings;
  if (!Number.isInteger(defaultMaxOutputTokens) || defaultMaxOutputTokens < 1) {
    throw new RangeError(`defaultMaxOutputTokens must be a whole number ≥ 1, got ${defaultMaxOutputTokens}`);
  }
  return createChatModel(modelId, cerebrasDialect(defaultMaxOutputTokens), settings);
}
