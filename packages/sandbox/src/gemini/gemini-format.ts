import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import type { DialectFormat } from "../wire/dialect-format.js";
import { frameSseError } from "../wire/frame-error.js";
import { jsonBody, sseComment, type WireEvent } from "../wire/wire-event.js";
import { geminiError, geminiStatus } from "./gemini-failure.js";
import { callParts, finishReasonOf, geminiChunk, geminiUsage, wholeParts } from "./gemini-parts.js";

/** Gemini's own format. Its real wire ends lines with `\r\n`, and so does this. */
export const geminiFormat: DialectFormat = {
  streamContentType: ({ query }) =>
    query["alt"] === "sse" ? "text/event-stream" : "application/json; charset=UTF-8",
  tokensPerEvent: 12,
  retryInHeaders: false,
  stream(answer, context) {
    const chunks = geminiChunks(answer, context.body);
    return context.query["alt"] === "sse" ? chunks.map(sseLine) : arrayPieces(chunks);
  },
  whole: (answer) => [jsonBody(wholeBody(answer))],
  failure: (failure) => ({
    status: geminiStatus(failure),
    body: { error: geminiError(failure) },
    headers: {},
  }),
  inBandError: (failure, shape, { query }) => {
    if (query["alt"] !== "sse") {
      return [{ kind: "token", text: `,\r\n${JSON.stringify({ error: geminiError(failure) })}\n]` }];
    }
    return [frameSseError(shape === "vendor" ? "wrapped" : shape, geminiError(failure))];
  },
  endsAfterError: () => false,
  keepAlive: (_kind, text) => sseComment(text),
  rawEvent: (text) => ({ kind: "token", text: `data: ${text}\r\n\r\n` }),
  headers: () => ({ "server-timing": "gfet4t7; dur=12" }),
};

interface Chunk {
  readonly kind: WireEvent["kind"];
  readonly data: JsonObject;
}

const sseLine = ({ kind, data }: Chunk): WireEvent => ({
  kind,
  text: `data: ${JSON.stringify(data)}\r\n\r\n`,
});

/** Without `alt=sse` the stream is one JSON array, sent piece by piece. */
function arrayPieces(chunks: readonly Chunk[]): WireEvent[] {
  const last = chunks.length - 1;
  return chunks.map(({ kind, data }, at) => ({
    kind,
    text: `${at === 0 ? "[" : ",\r\n"}${JSON.stringify(data)}${at === last ? "\n]" : ""}`,
  }));
}

function geminiChunks(answer: Answer, body: JsonObject): Chunk[] {
  if (answer.refusalPieces.length > 0) return [{ kind: "finish", data: blockedBody(answer) }];
  const parts = [
    ...answer.reasoningPieces.map((text) => [{ text, thought: true }]),
    ...answer.textPieces.map((text) => [{ text }]),
    ...answer.toolCalls.flatMap((_, at) => callParts(answer, at, body).map((part) => [part])),
  ];
  const reason = finishReasonOf(answer);
  const ending = {
    // a model that spent everything on thoughts sends a content without parts
    content:
      answer.finish === "length" && answer.textPieces.length === 0
        ? { role: "model" }
        : contentOf([{ text: "" }]),
    ...(reason === null ? {} : { finishReason: reason }),
    index: 0,
  };
  return [
    ...parts.map((part, at): Chunk => {
      const candidate = { content: contentOf(part), index: 0 };
      return { kind: "token", data: geminiChunk(answer, candidate, geminiUsage(answer, at + 1)) };
    }),
    { kind: "finish", data: geminiChunk(answer, ending, geminiUsage(answer)) },
  ];
}

function wholeBody(answer: Answer): JsonObject {
  if (answer.refusalPieces.length > 0) return blockedBody(answer);
  const parts = wholeParts(answer);
  const reason = finishReasonOf(answer);
  const candidate = {
    content: parts.length === 0 ? { role: "model" } : contentOf(parts),
    ...(reason === null ? {} : { finishReason: reason }),
    index: 0,
  };
  return geminiChunk(answer, candidate, geminiUsage(answer));
}

function blockedBody(answer: Answer): JsonObject {
  const { candidates: _, ...rest } = geminiChunk(answer, {}, geminiUsage(answer));
  return {
    promptFeedback: { blockReason: "SAFETY", blockReasonMessage: answer.refusalPieces.join("") },
    ...rest,
  };
}

function contentOf(parts: readonly JsonObject[]): JsonObject {
  return { role: "model", parts };
}
