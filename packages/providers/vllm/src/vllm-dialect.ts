import type { JsonObject, ModelTimeouts, ReasoningEffort } from "@salesagent/ports";
import {
  classifyFailure,
  type ModelFailureCode,
  nearestEffort,
  type ProfileTable,
  type Warn,
  type WireFailureInit,
} from "@salesagent/provider-kit";
import type { ChatDialect, ChatTarget } from "@salesagent/provider-openai-compatible";

/** Where a vLLM server runs. */
export interface VllmPlace {
  readonly provider: string;
  readonly baseUrl: string;
  readonly keyVariables: readonly string[];
  readonly keyRequired: boolean;
  readonly profiles: ProfileTable;
  readonly timeouts: ModelTimeouts;
}

/** How vLLM differs from the common format. */
export function vllmDialect(place: VllmPlace): ChatDialect {
  return {
    ...place,
    maxTokensField: "max_tokens",
    streamOptions: { include_usage: true },
    requestIdHeader: "x-request-id",
    reasoning: thinkingFields,
    classify: classifyVllm,
  };
}

/** Chat templates switch thinking on and off; models with efforts read the second field. */
function thinkingFields(effort: ReasoningEffort, _target: ChatTarget, warn: Warn): JsonObject {
  if (effort === "none") return { chat_template_kwargs: { enable_thinking: false } };
  return {
    chat_template_kwargs: { enable_thinking: true },
    reasoning_effort: nearestEffort(effort, ["low", "medium", "high"], warn),
  };
}

/** RunPod's worker tells the server's status only in its words: "vLLM returned HTTP 400: …". */
function classifyVllm(failure: WireFailureInit): ModelFailureCode | undefined {
  const told = /returned HTTP (\d{3})/.exec(failure.vendorMessage ?? "")?.[1];
  if (told === undefined) return undefined;
  return classifyFailure({
    status: Number(told),
    vendorCode: failure.vendorCode,
    vendorMessage: failure.vendorMessage,
    emptyBody: false,
  });
}
