import type {
  AssistantMessage,
  FilePart,
  Message,
  ProviderData,
  TextPart,
  ToolResultPart,
} from "@salesagent/ports";
import type {
  AiSdkFilePart,
  AiSdkMessage,
  AiSdkMetadata,
  AiSdkTextPart,
  AiSdkToolResultPart,
  SpecificationVersion,
} from "./ai-sdk-model.js";
import { METADATA_KEY } from "./metadata-key.js";

/** Maps a transcript to a prompt of the AI SDK. @throws TypeError for the URL of a file that is none. */
export function toAiSdkPrompt(messages: readonly Message[], version: SpecificationVersion): AiSdkMessage[] {
  return messages.map((message) => toMessage(message, version));
}

function toMessage(message: Message, version: SpecificationVersion): AiSdkMessage {
  switch (message.role) {
    case "system": {
      const content = message.parts.map((part) => part.text).join("\n\n");
      const marked = message.parts.findLast((part) => part.cache !== undefined);
      return { role: "system", content, ...cacheMark(marked?.cache) };
    }
    case "user":
      return {
        role: "user",
        content: message.parts.map((part) => (part.type === "text" ? toText(part) : toFile(part, version))),
      };
    case "assistant":
      return { role: "assistant", content: message.parts.map(toAnswerPart) };
    case "tool":
      return { role: "tool", content: message.parts.map(toToolResult) };
  }
}

function toText({ text, cache }: TextPart): AiSdkTextPart {
  return { type: "text", text, ...cacheMark(cache) };
}

/** Anthropic's models take marks, wherever they run; the AI SDK's other providers pass over the key. */
function cacheMark(ttl: TextPart["cache"]): { readonly providerOptions?: AiSdkMetadata } {
  if (ttl === undefined) return {};
  return { providerOptions: { anthropic: { cacheControl: { type: "ephemeral", ttl } } } };
}

function toFile({ mediaType, data }: FilePart, version: SpecificationVersion): AiSdkFilePart {
  if ("url" in data) {
    if (!URL.canParse(data.url)) throw new TypeError("A file part's data.url must be an absolute URL.");
    const url = new URL(data.url);
    return { type: "file", mediaType, data: version === "v4" ? { type: "url", url } : url };
  }
  const { base64 } = data;
  return { type: "file", mediaType, data: version === "v4" ? { type: "data", data: base64 } : base64 };
}

type AssistantContent = Extract<AiSdkMessage, { role: "assistant" }>["content"][number];

function toAnswerPart(part: AssistantMessage["parts"][number]): AssistantContent {
  const kept = sentBack(part.providerData);
  if (part.type !== "tool-call") return { type: part.type, text: part.text, ...kept };
  const { callId, name, input } = part;
  return { type: "tool-call", toolCallId: callId, toolName: name, input, ...kept };
}

function sentBack(data: ProviderData | undefined): { readonly providerOptions?: AiSdkMetadata } {
  const providerOptions = data?.[METADATA_KEY];
  return providerOptions === undefined ? {} : { providerOptions };
}

function toToolResult({ callId, name, output, failed }: ToolResultPart): AiSdkToolResultPart {
  return {
    type: "tool-result",
    toolCallId: callId,
    toolName: name,
    output:
      typeof output === "string"
        ? { type: failed ? "error-text" : "text", value: output }
        : { type: failed ? "error-json" : "json", value: output },
  };
}
