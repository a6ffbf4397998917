import {
  type AssistantMessage,
  type FilePart,
  type JsonObject,
  type JsonValue,
  type Message,
  type ModelRequest,
  SalesAgentError,
  type TextPart,
} from "@salesagent/ports";
import type { ChatDialect, ChatTarget } from "./chat-dialect.js";

/** Maps a transcript to messages of this format. @throws `model.bad_request` for a file of a kind that it can't hold. */
export function toChatMessages(
  { messages }: ModelRequest,
  target: ChatTarget,
  dialect: ChatDialect,
): JsonObject[] {
  return messages.flatMap((message) => toWire(message, target, dialect));
}

function toWire(message: Message, target: ChatTarget, dialect: ChatDialect): JsonObject[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: joinText(message.parts) }];
    case "user":
      return [{ role: "user", content: toContent(message.parts, dialect, target.modelId) }];
    case "assistant":
      return [{ ...toAssistant(message, dialect), ...dialect.assistantFields?.(message, target) }];
    case "tool":
      return message.parts.map((part) => ({
        role: "tool",
        tool_call_id: part.callId,
        content: typeof part.output === "string" ? part.output : JSON.stringify(part.output),
      }));
  }
}

function toAssistant(message: AssistantMessage, { provider }: ChatDialect): JsonObject {
  const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const calls: JsonValue[] = [];
  for (const part of message.parts) {
    if (part.type !== "tool-call") continue;
    calls.push({
      id: part.callId,
      type: "function",
      function: { name: part.name, arguments: JSON.stringify(part.input) },
      ...part.providerData?.[provider],
    });
  }
  return {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toContent(
  parts: readonly (TextPart | FilePart)[],
  dialect: ChatDialect,
  modelId: string,
): JsonValue {
  if (parts.every((part): part is TextPart => part.type === "text")) return joinText(parts);
  return parts.map((part) =>
    part.type === "text" ? { type: "text", text: part.text } : toFile(part, dialect, modelId),
  );
}

function toFile(part: FilePart, { provider }: ChatDialect, modelId: string): JsonObject {
  const { mediaType, data } = part;
  const url = "url" in data ? data.url : `data:${mediaType};base64,${data.base64}`;
  if (mediaType.startsWith("image/")) return { type: "image_url", image_url: { url } };
  if (mediaType === "application/pdf" && "base64" in data) {
    return { type: "file", file: { filename: "document.pdf", file_data: url } };
  }
  throw new SalesAgentError("model.bad_request", {
    message: `${provider}/${modelId} can't take a file of type "${mediaType}". Send an image, or a PDF as base64.`,
    facts: { provider, modelId },
    replay: "safe",
  });
}

function joinText(parts: readonly TextPart[]): string {
  return parts.map((part) => part.text).join("\n\n");
}
