import type { FilePart, Message, ModelRequest, ModelResult } from "@salesagent/ports";
import { finishReasonName } from "./model-attributes.js";
import type { Attributes } from "./telemetry.js";

/**
 * What a model is told, as the conventions write it: JSON texts of `gen_ai.system_instructions` and `gen_ai.input.messages`.
 * The bytes of files stay out.
 */
export function inputContent({ messages }: ModelRequest): Attributes {
  const instructions = messages.filter(({ role }) => role === "system").flatMap(toParts);
  const told = messages.filter(({ role }) => role !== "system");
  return {
    "gen_ai.system_instructions": instructions.length > 0 ? JSON.stringify(instructions) : undefined,
    "gen_ai.input.messages": JSON.stringify(told.map((message) => toContent(message))),
  };
}

/** What it answers, likewise: the JSON text of `gen_ai.output.messages`. */
export function outputContent({ message, finishReason }: ModelResult): Attributes {
  const answer = { ...toContent(message), finish_reason: finishReasonName(finishReason) };
  return { "gen_ai.output.messages": JSON.stringify([answer]) };
}

function toContent(message: Message) {
  return { role: message.role, parts: toParts(message) };
}

function toParts({ parts }: Message): readonly object[] {
  return parts.map((part) => toPart(part));
}

function toPart(part: Message["parts"][number]): object {
  switch (part.type) {
    case "text":
    case "reasoning":
      return { type: part.type, content: part.text };
    case "tool-call":
      return { type: "tool_call", id: part.callId, name: part.name, arguments: part.input };
    case "tool-result":
      return { type: "tool_call_response", id: part.callId, response: part.output };
    case "file":
      return toFileContent(part);
  }
}

function toFileContent({ mediaType, data }: FilePart): object {
  const [kind] = mediaType.split("/");
  const file = { modality: kind === "application" ? "document" : kind, mime_type: mediaType };
  return "url" in data ? { type: "uri", ...file, uri: data.url } : { type: "blob", ...file };
}
