import {
  type AssistantMessage,
  type FilePart,
  type JsonObject,
  type Message,
  SalesAgentError,
  type TextPart,
} from "@salesagent/ports";

/** Maps a transcript to input items. @throws `model.bad_request` for a file of a kind that they can't hold. */
export function toResponsesInput(messages: readonly Message[], modelId: string): JsonObject[] {
  return messages.flatMap((message) => toItems(message, modelId));
}

function toItems(message: Message, modelId: string): JsonObject[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.parts.map((part) => part.text).join("\n\n") }];
    case "user":
      return [{ role: "user", content: message.parts.map((part) => toContent(part, modelId)) }];
    case "assistant":
      return message.parts.flatMap(toAnswerItems);
    case "tool":
      return message.parts.map((part) => ({
        type: "function_call_output",
        call_id: part.callId,
        output: typeof part.output === "string" ? part.output : JSON.stringify(part.output),
      }));
  }
}

function toAnswerItems(part: AssistantMessage["parts"][number]): JsonObject[] {
  const own = part.providerData?.["openai"];
  switch (part.type) {
    case "reasoning":
      // Reasoning goes back only as OpenAI sent it: encrypted.
      return own?.["type"] === "reasoning" ? [own] : [];
    case "tool-call":
      return [
        {
          type: "function_call",
          call_id: part.callId,
          name: part.name,
          arguments: JSON.stringify(part.input),
        },
      ];
    case "text": {
      const phase = own?.["phase"];
      if (part.text === "") return [];
      return [{ role: "assistant", content: part.text, ...(phase === undefined ? {} : { phase }) }];
    }
  }
}

function toContent(part: TextPart | FilePart, modelId: string): JsonObject {
  if (part.type === "text") return { type: "input_text", text: part.text };
  const { mediaType, data } = part;
  const url = "url" in data ? data.url : `data:${mediaType};base64,${data.base64}`;
  if (mediaType.startsWith("image/")) return { type: "input_image", detail: "auto", image_url: url };
  if (mediaType === "application/pdf") {
    return "url" in data
      ? { type: "input_file", file_url: url }
      : { type: "input_file", filename: "document.pdf", file_data: url };
  }
  throw new SalesAgentError("model.bad_request", {
    message: `openai/${modelId} can't take a file of type "${mediaType}". Send an image or a PDF.`,
    facts: { provider: "openai", modelId },
    replay: "safe",
  });
}
