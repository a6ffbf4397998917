import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import { jsonBody, type WireEvent } from "../wire/wire-event.js";
import { finishReasonOf, nativeFinishOf } from "./chat-finish.js";
import type { ChatFlavor } from "./chat-flavor.js";

/** A chat completion in one body, as one vendor sends it. */
export function chatWhole(flavor: ChatFlavor, answer: Answer): WireEvent[] {
  const usage = flavor.usage(answer);
  const whole = jsonBody({
    id: flavor.chunkId(answer),
    object: "chat.completion",
    created: answer.createdSeconds,
    model: answer.model,
    ...(flavor.fingerprint === undefined ? {} : { system_fingerprint: flavor.fingerprint }),
    ...flavor.envelope?.(answer),
    choices: [
      {
        index: 0,
        message: messageOf(flavor, answer),
        ...flavor.choiceKeys,
        finish_reason: reasonOf(flavor, answer),
        ...nativeFinishOf(flavor, answer),
      },
    ],
    usage,
    ...flavor.finishChunk?.(answer, usage),
  });
  return [{ kind: "body", text: (flavor.bodyPadding ?? "") + whole.text }];
}

function reasonOf(flavor: ChatFlavor, answer: Answer): string | null {
  if (flavor.neverFinishes === true) return "";
  const reason = finishReasonOf(flavor, answer);
  // the wrong `stop` of Gemini's compatible endpoint is a habit of its streams alone
  return answer.finish === "tool-calls" && reason === "stop" && answer.quirks.finishReason === undefined
    ? "tool_calls"
    : reason;
}

function messageOf(flavor: ChatFlavor, answer: Answer): JsonObject {
  const toolCalls = callsOf(flavor, answer);
  return {
    role: "assistant",
    content: contentOf(flavor, answer),
    ...(flavor.headDelta["refusal"] === undefined ? {} : { refusal: answer.refusalPieces.join("") || null }),
    ...reasoningOf(flavor, answer),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
}

/** Mistral's content is an array of parts when it reasons; a message without text has null. */
function contentOf(flavor: ChatFlavor, answer: Answer): JsonValue {
  const text = answer.textPieces.join("");
  const reasoning = answer.reasoningPieces.join("");
  const parts = reasoning === "" ? undefined : flavor.reasoning?.(reasoning, flavor.reasoningKey)["content"];
  if (Array.isArray(parts)) return [...parts, ...(text === "" ? [] : [{ type: "text", text }])];
  return text === "" && answer.toolCalls.length > 0 ? null : text;
}

function reasoningOf(flavor: ChatFlavor, answer: Answer): JsonObject {
  const text = answer.reasoningPieces.join("");
  if (text === "" || flavor.reasoning === undefined) return {};
  if (flavor.wholeReasoning !== undefined) return flavor.wholeReasoning(text);
  const { content: _, ...keys } = flavor.reasoning(text, answer.quirks.reasoningKey ?? flavor.reasoningKey);
  return keys;
}

function callsOf(flavor: ChatFlavor, answer: Answer): JsonObject[] {
  return answer.toolCalls.map((call, position) => {
    const seed = `${answer.seed}.${position}`;
    return {
      id: call.id ?? flavor.toolCallId(seed, position),
      type: "function",
      function: { name: call.name, arguments: call.argumentsText },
      ...flavor.toolCallKeys?.(seed),
    };
  });
}
