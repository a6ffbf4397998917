import type { CallScope, FinishReason, ModelName, ModelRequest, Usage } from "@salesagent/ports";
import type { Attributes } from "./telemetry.js";

/** The conventions' names of providers that we call otherwise. */
const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map([["gemini", "gcp.gemini"]]);

/** The conventions' names of reasons that we call otherwise. */
const FINISH_REASONS: Partial<Record<FinishReason, string>> = {
  "tool-calls": "tool_call",
  "content-filter": "content_filter",
};

/** Which model is asked: what spans and measurements of the GenAI conventions have in common. */
export function modelAttributes({ provider, modelId }: ModelName) {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": PROVIDER_NAMES.get(provider) ?? provider,
    "gen_ai.request.model": modelId,
  } as const satisfies Attributes;
}

/** What a model is asked for, without what it is told. */
export function requestAttributes(model: ModelName, request: ModelRequest): Attributes {
  // The spread comes last, here and in the attributes of attempts: in front of other fields it costs microseconds.
  return {
    "gen_ai.request.max_tokens": request.maxOutputTokens,
    "gen_ai.request.temperature": request.temperature,
    "gen_ai.request.top_p": request.topP,
    "gen_ai.request.seed": request.seed,
    "gen_ai.request.stop_sequences": request.stop,
    "gen_ai.output.type": request.output ? "json" : "text",
    ...modelAttributes(model),
  };
}

/** Tokens; a count that is not known is absent. */
export function usageAttributes(usage: Usage): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    "gen_ai.usage.audio.input_tokens": usage.audioInputTokens,
    "gen_ai.usage.audio.output_tokens": usage.audioOutputTokens,
  };
}

/** What a call is for. Ids only; for spans, as measurements would get too many series. */
export function scopeAttributes(scope: CallScope): Attributes {
  return {
    "gen_ai.agent.name": scope.agent,
    "salesagent.tenant": scope.tenant,
    "salesagent.run.id": scope.runId,
    "salesagent.lead.id": scope.leadId,
    "salesagent.campaign.id": scope.campaignId,
  };
}

/** A reason in the words of the conventions. */
export function finishReasonName(reason: FinishReason): string {
  return FINISH_REASONS[reason] ?? reason;
}
