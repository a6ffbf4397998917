import type { JsonObject } from "@salesagent/ports";
import type { Answer, AnswerToolCall } from "../answer.js";
import { seededId } from "../seeded-id.js";
import { jsonBody, type WireEvent } from "../wire/wire-event.js";

/** A whole message in one body. */
export function anthropicWhole(answer: Answer): WireEvent[] {
  const text = answer.textPieces.join("");
  const thinking = answer.reasoningPieces.join("");
  const content: JsonObject[] = [
    ...(thinking === "" ? [] : [{ type: "thinking", thinking, signature: signatureOf(answer) }]),
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...answer.toolCalls.map((call, position) => ({
      type: "tool_use",
      id: toolUseId(answer, call, position),
      name: call.name,
      input: call.argumentsObject,
    })),
  ];
  return [jsonBody({ ...messageHead(answer), content, ...stopOf(answer), usage: usageOf(answer) })];
}

/** What a message has before its content. */
export function messageHead(answer: Answer): JsonObject {
  return {
    id: `msg_simulated${seededId(answer.seed, 18)}`,
    type: "message",
    role: "assistant",
    model: answer.model,
  };
}

/** Input without cached tokens, as Anthropic counts it. */
export function usageOf({ usage }: Answer): JsonObject {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    service_tier: "standard",
  };
}

const STOP_REASONS: Readonly<Record<Answer["finish"], string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  error: "end_turn",
};

/** Why the message stops; a refusal says more about itself. */
export function stopOf(answer: Answer): JsonObject {
  const explanation = answer.refusalPieces.join("");
  const usual = explanation === "" ? STOP_REASONS[answer.finish] : "refusal";
  const reason = answer.quirks.finishReason === undefined ? usual : answer.quirks.finishReason;
  const details = { type: "refusal", category: null, explanation: explanation || null };
  return {
    stop_reason: reason,
    stop_sequence: null,
    ...(reason === "refusal" ? { stop_details: details } : {}),
  };
}

/** The signature that must come back with the thinking. */
export function signatureOf(answer: Answer): string {
  return `simulated${seededId(answer.seed, 40)}==`;
}

/** The id of a tool use. */
export function toolUseId(answer: Answer, call: AnswerToolCall, position: number): string {
  return call.id ?? `toolu_${seededId(`${answer.seed}.${position}`, 24)}`;
}
