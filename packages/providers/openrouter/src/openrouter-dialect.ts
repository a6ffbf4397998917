import type { AssistantMessage, JsonObject, JsonValue } from "@salesagent/ports";
import { isJsonObject } from "@salesagent/provider-kit";
import type { ChatDialect } from "@salesagent/provider-openai-compatible";
import { classifyOpenRouter } from "./openrouter-errors.js";
import { OPENROUTER_MODELS } from "./openrouter-models.js";
import type { OpenRouterSettings } from "./openrouter-settings.js";

/** How OpenRouter differs from the common format. */
export function openRouterDialect(settings: OpenRouterSettings): ChatDialect {
  const { appUrl, appTitle } = settings;
  return {
    provider: "openrouter",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariables: ["OPENROUTER_API_KEY"],
    keyRequired: true,
    profiles: OPENROUTER_MODELS,
    maxTokensField: "max_tokens",
    cacheKeyField: "prompt_cache_key",
    requestIdHeader: "x-generation-id",
    headers: {
      ...(appUrl === undefined ? {} : { "http-referer": appUrl }),
      ...(appTitle === undefined ? {} : { "x-openrouter-title": appTitle }),
    },
    reasoning: (effort) => ({ reasoning: { effort } }),
    assistantFields: replayFields,
    finishBody: (body) => routed(body, settings),
    classify: classifyOpenRouter,
  };
}

/** Details of earlier reasoning go back unchanged, in order: the last list holds all of them. */
function replayFields(message: AssistantMessage): JsonObject {
  let details: JsonValue | undefined;
  for (const part of message.parts) {
    if (part.type === "reasoning")
      details = part.providerData?.["openrouter"]?.["reasoning_details"] ?? details;
  }
  return details === undefined ? {} : { reasoning_details: details };
}

/** Adds the routing; with a schema only upstreams that keep it may be chosen. */
function routed(body: JsonObject, { fallbackModels, routing }: OpenRouterSettings): JsonObject {
  const own = isJsonObject(body["provider"]) ? body["provider"] : {};
  const provider: JsonObject = {
    ...("response_format" in body ? { require_parameters: true } : {}),
    ...routing,
    ...own,
  };
  return {
    ...(fallbackModels === undefined ? {} : { models: fallbackModels }),
    ...body,
    ...(Object.keys(provider).length === 0 ? {} : { provider }),
  };
}
