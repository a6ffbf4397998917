import {
  type AssistantMessage,
  type FilePart,
  type JsonObject,
  type JsonValue,
  type Message,
  SalesAgentError,
  type TextPart,
} from "@salesagent/ports";
import { isJsonObject } from "@salesagent/provider-kit";

/** Name of this provider. */
export const PROVIDER = "ollama";

/** Maps a transcript to messages of this format. @throws `model.bad_request` for a file that it can't hold. */
export function toOllamaMessages(messages: readonly Message[], modelId: string): JsonObject[] {
  return messages.flatMap((message) => toWire(message, modelId));
}

function toWire(message: Message, modelId: string): JsonObject[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: joinText(message.parts) }];
    case "user":
      return [toUser(message.parts, modelId)];
    case "assistant":
      return [toAssistant(message)];
    case "tool":
      return message.parts.map(({ callId, name, output }) => ({
        role: "tool",
        content: typeof output === "string" ? output : JSON.stringify(output),
        tool_name: name,
        tool_call_id: callId,
      }));
  }
}

function toUser(parts: readonly (TextPart | FilePart)[], modelId: string): JsonObject {
  const texts = parts.filter((part): part is TextPart => part.type === "text");
  const images = parts.flatMap((part) => (part.type === "file" ? [toImage(part, modelId)] : []));
  return { role: "user", content: joinText(texts), ...(images.length > 0 ? { images } : {}) };
}

function toAssistant({ parts }: AssistantMessage): JsonObject {
  let content = "";
  let thinking = "";
  const calls: JsonValue[] = [];
  for (const part of parts) {
    if (part.type === "text") content += part.text;
    // Signed reasoning is another vendor's, for that vendor alone.
    else if (part.type === "reasoning") thinking += part.providerData === undefined ? part.text : "";
    else {
      const input = isJsonObject(part.input) ? part.input : { value: part.input };
      calls.push({ id: part.callId, function: { index: calls.length, name: part.name, arguments: input } });
    }
  }
  return {
    role: "assistant",
    content,
    ...(thinking === "" ? {} : { thinking }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toImage({ mediaType, data }: FilePart, modelId: string): string {
  if (mediaType.startsWith("image/") && "base64" in data) return data.base64;
  throw new SalesAgentError("model.bad_request", {
    message: `${PROVIDER}/${modelId} can't take ${"url" in data ? "a file by its URL" : `a file of type "${mediaType}"`}. Send an image as base64.`,
    facts: { provider: PROVIDER, modelId },
    replay: "safe",
  });
}

function joinText(parts: readonly TextPart[]): string {
  return parts.map((part) => part.text).join("\n\n");
}
