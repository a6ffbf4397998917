import type {
  AssistantMessage,
  FilePart,
  JsonObject,
  Message,
  TextPart,
  ToolResultPart,
} from "@salesagent/ports";
import { isJsonObject } from "@salesagent/provider-kit";
import { PROVIDER } from "./function-calls.js";

/** Stands where another vendor's call has no signature; the vendor names it for transcripts from elsewhere. */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/** Collects the system messages, wherever they stand. */
export function toSystemInstruction(messages: readonly Message[]): JsonObject | undefined {
  const parts = messages.flatMap((message) =>
    message.role === "system" ? message.parts.flatMap(toText) : [],
  );
  return parts.length === 0 ? undefined : { parts };
}

/** Maps a transcript to contents of this format. All results of one turn's calls stand in one content right behind it. */
export function toContents(messages: readonly Message[], signedCalls: boolean): JsonObject[] {
  const vendorIds = vendorIdsOf(messages);
  const contents: { role: string; parts: JsonObject[] }[] = [];
  let before: Message["role"] | undefined;
  for (const message of messages) {
    if (message.role === "system") continue;
    const parts = toParts(message, signedCalls, vendorIds);
    const last = contents[contents.length - 1];
    if (message.role === "tool" && before === "tool" && last) last.parts.push(...parts);
    else if (parts.length > 0)
      contents.push({ role: message.role === "assistant" ? "model" : "user", parts });
    before = message.role;
  }
  return contents;
}

/** Ids that the vendor itself gave: only those may go back. */
function vendorIdsOf(messages: readonly Message[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const part of message.parts) {
      if (part.type === "tool-call" && part.providerData?.[PROVIDER]?.["id"] === part.callId)
        ids.add(part.callId);
    }
  }
  return ids;
}

function toParts(
  message: Exclude<Message, { role: "system" }>,
  signedCalls: boolean,
  vendorIds: ReadonlySet<string>,
): JsonObject[] {
  switch (message.role) {
    case "user":
      return message.parts.flatMap((part) => (part.type === "text" ? toText(part) : [toFile(part)]));
    case "assistant":
      return toAnswerParts(message, signedCalls);
    case "tool":
      return message.parts.map((part) => toResponse(part, vendorIds));
  }
}

function toText({ text }: TextPart): JsonObject[] {
  return text === "" ? [] : [{ text }];
}

function toFile({ mediaType, data }: FilePart): JsonObject {
  if ("url" in data) return { fileData: { mimeType: mediaType, fileUri: data.url } };
  return { inlineData: { mimeType: mediaType, data: data.base64 } };
}

function toAnswerParts({ parts }: AssistantMessage, signedCalls: boolean): JsonObject[] {
  let firstCall = true;
  return parts.flatMap((part): JsonObject[] => {
    const proof = part.providerData?.[PROVIDER];
    if (part.type === "text") return splitSigned(part.text, proof, {});
    if (part.type === "reasoning") return proof ? splitSigned(part.text, proof, { thought: true }) : [];
    const signature =
      proof?.["thoughtSignature"] ?? (signedCalls && firstCall ? FOREIGN_SIGNATURE : undefined);
    firstCall = false;
    const args = isJsonObject(part.input) ? part.input : { value: part.input };
    const id = proof?.["id"];
    return [
      {
        functionCall: { ...(id === undefined ? {} : { id }), name: part.name, args },
        ...(signature === undefined ? {} : { thoughtSignature: signature }),
      },
    ];
  });
}

/** A signature goes back with just the characters that it came with. */
function splitSigned(text: string, proof: JsonObject | undefined, marks: JsonObject): JsonObject[] {
  const signature = proof?.["thoughtSignature"];
  if (signature === undefined) return text === "" ? [] : [{ text, ...marks }];
  const signedChars = Number(proof?.["signedChars"] ?? text.length);
  const at = Math.max(0, text.length - signedChars);
  const signed = { text: text.slice(at), ...marks, thoughtSignature: signature };
  return at === 0 ? [signed] : [{ text: text.slice(0, at), ...marks }, signed];
}

function toResponse(
  { callId, name, output, failed }: ToolResultPart,
  vendorIds: ReadonlySet<string>,
): JsonObject {
  const response = failed ? { error: output } : isJsonObject(output) ? output : { output };
  return { functionResponse: { ...(vendorIds.has(callId) ? { id: callId } : {}), name, response } };
}
