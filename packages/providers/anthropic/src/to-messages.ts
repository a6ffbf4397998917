import {
  type AssistantMessage,
  type FilePart,
  type JsonObject,
  type JsonValue,
  type Message,
  SalesAgentError,
  type TextPart,
  type ToolResultPart,
} from "@salesagent/ports";
import { isJsonObject } from "@salesagent/provider-kit";
import { type CacheMarks, cacheFields } from "./cache-marks.js";
import { PROVIDER } from "./messages-answer.js";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

/** Collects the system messages, wherever they stand, as text blocks. */
export function toSystem(messages: readonly Message[], marks: CacheMarks): JsonObject[] {
  return messages.flatMap((message) =>
    message.role === "system" ? message.parts.flatMap((part) => toText(part, marks)) : [],
  );
}

/**
 * Maps a transcript to turns of this format. Neighbours of one side become one turn, so that all results of one turn's
 * tool calls stand together, before any text.
 *
 * @throws `model.bad_request` for a file of a kind that it can't hold.
 */
export function toMessages(messages: readonly Message[], marks: CacheMarks, modelId: string): JsonObject[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = toBlocks(message, marks, modelId);
    if (content.length === 0) continue;
    const last = turns[turns.length - 1];
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns.map(({ role, content }) => ({ role, content }));
}

function toBlocks(
  message: Exclude<Message, { role: "system" }>,
  marks: CacheMarks,
  modelId: string,
): JsonObject[] {
  switch (message.role) {
    case "user":
      return message.parts.flatMap((part) =>
        part.type === "text" ? toText(part, marks) : [toFile(part, modelId)],
      );
    case "assistant":
      return message.parts.flatMap(toAnswerBlock);
    case "tool":
      return message.parts.map(toToolResult);
  }
}

/** The vendor refuses text blocks without a word. */
function toText(part: TextPart, marks: CacheMarks): JsonObject[] {
  return part.text.trim() === "" ? [] : [{ type: "text", text: part.text, ...cacheFields(part, marks) }];
}

function toAnswerBlock(part: AssistantMessage["parts"][number]): JsonObject[] {
  if (part.type === "text") return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }];
  if (part.type === "tool-call") {
    const input: JsonValue = isJsonObject(part.input) ? part.input : { value: part.input };
    return [{ type: "tool_use", id: toCallId(part.callId), name: part.name, input }];
  }
  const proof = part.providerData?.[PROVIDER];
  // Reasoning that the vendor has not signed, such as another vendor's, is refused.
  if (!proof) return [];
  if (proof["type"] === "redacted_thinking") return [proof];
  return [{ type: "thinking", thinking: part.text, signature: proof["signature"] ?? "" }];
}

function toToolResult({ callId, output, failed }: ToolResultPart): JsonObject {
  const content = typeof output === "string" ? output : JSON.stringify(output);
  return {
    type: "tool_result",
    tool_use_id: toCallId(callId),
    ...(content.trim() === "" ? {} : { content }),
    ...(failed ? { is_error: true } : {}),
  };
}

/** Other vendors' ids may hold characters that this one refuses. */
function toCallId(callId: string): string {
  return callId.replace(/[^a-zA-Z0-9_-]/g, "_");
}

function toFile({ mediaType, data }: FilePart, modelId: string): JsonObject {
  const source =
    "url" in data
      ? { type: "url", url: data.url }
      : { type: "base64", media_type: mediaType, data: data.base64 };
  if (mediaType.startsWith("image/")) return { type: "image", source };
  if (mediaType === "application/pdf") return { type: "document", source };
  throw new SalesAgentError("model.bad_request", {
    message: `${PROVIDER}/${modelId} can't take a file of type "${mediaType}". Send an image or a PDF.`,
    facts: { provider: PROVIDER, modelId },
    replay: "safe",
  });
}
