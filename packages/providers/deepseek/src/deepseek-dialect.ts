import type { AssistantMessage, JsonObject, ReasoningEffort } from "@salesagent/ports";
import { isJsonObject, nearestEffort, type Warn } from "@salesagent/provider-kit";
import { type ChatDialect, type ChatTarget, reasoningField } from "@salesagent/provider-openai-compatible";
import { DEEPSEEK_MODELS } from "./deepseek-models.js";

/** How DeepSeek differs from the common format. */
export function deepseekDialect(baseUrl: string): ChatDialect {
  return {
    provider: "deepseek",
    baseUrl,
    keyVariables: ["DEEPSEEK_API_KEY"],
    keyRequired: true,
    profiles: DEEPSEEK_MODELS,
    maxTokensField: "max_tokens",
    streamOptions: { include_usage: true },
    // Strict tools are a feature of the beta endpoint.
    strictTools: baseUrl.replace(/\/+$/, "").endsWith("/beta"),
    reasoning: thinkingFields,
    assistantFields: replayFields,
    finishBody: warnOfSampling,
  };
}

function thinkingFields(effort: ReasoningEffort, _target: ChatTarget, warn: Warn): JsonObject {
  if (effort === "none") return { thinking: { type: "disabled" } };
  return { thinking: { type: "enabled" }, reasoning_effort: nearestEffort(effort, ["high", "max"], warn) };
}

/**
 * With thinking on, each message with tool calls must carry its reasoning back, or the vendor refuses the request. A
 * message that another model wrote has none; an empty text satisfies the rule.
 */
function replayFields(message: AssistantMessage, target: ChatTarget): JsonObject {
  if (!thinks(target) || !message.parts.some((part) => part.type === "tool-call")) return {};
  return { reasoning_content: "", ...reasoningField(message, "reasoning_content") };
}

/** Thinking is on unless it is switched off. */
function thinks({ request, profile }: ChatTarget): boolean {
  const own = request.providerOptions?.["deepseek"]?.["thinking"];
  if (isJsonObject(own)) return own["type"] !== "disabled";
  return profile.abilities.reasoning && request.reasoning?.effort !== "none";
}

function warnOfSampling(body: JsonObject, target: ChatTarget, warn: Warn): JsonObject {
  if (!thinks(target)) return body;
  for (const field of ["temperature", "top_p"]) {
    if (field in body) warn({ field, message: `DeepSeek does not use \`${field}\` while it thinks.` });
  }
  return body;
}
