import type { JsonObject } from "@salesagent/ports";
import { type Answer, type AnswerToolCall, toFragments } from "../answer.js";
import { objectOf } from "../json-access.js";
import type { RenderContext } from "../render-context.js";
import { namedSseEvent, type WireEvent } from "../wire/wire-event.js";
import { messageHead, signatureOf, stopOf, toolUseId, usageOf } from "./anthropic-message.js";

/** Anthropic's sign of life; readers pass over it. */
export const PING: WireEvent = namedSseEvent("comment", "ping", { type: "ping" });

/** A message as a stream of named events. */
export function anthropicStream(answer: Answer, context: RenderContext): WireEvent[] {
  const omitted = objectOf(context.body["thinking"])["display"] === "omitted";
  const blocks = [
    ...(answer.reasoningPieces.length > 0 ? [thinkingBlock(answer, omitted)] : []),
    ...(answer.textPieces.length > 0 ? [textBlock(answer.textPieces)] : []),
    ...answer.toolCalls.map((call, position) => toolBlock(answer, call, position)),
  ];
  const start = { ...messageHead(answer), content: [], stop_reason: null, stop_sequence: null };
  return [
    event("head", "message_start", {
      message: { ...start, usage: { ...usageOf(answer), output_tokens: 1 } },
    }),
    ...(blocks.length === 0 ? [PING] : []),
    ...blocks.flatMap((block, index) => blockEvents(block, index)),
    event("finish", "message_delta", { delta: stopOf(answer), usage: usageOf(answer) }),
    event("end", "message_stop", {}),
  ];
}

interface Block {
  readonly start: JsonObject;
  readonly deltas: readonly JsonObject[];
}

function blockEvents({ start, deltas }: Block, index: number): WireEvent[] {
  return [
    event("head", "content_block_start", { index, content_block: start }),
    // the real wire sends its first ping here
    ...(index === 0 ? [PING] : []),
    ...deltas.map((delta) => event("token", "content_block_delta", { index, delta })),
    event("token", "content_block_stop", { index }),
  ];
}

function thinkingBlock(answer: Answer, omitted: boolean): Block {
  const thoughts = answer.reasoningPieces.map((thinking) => ({ type: "thinking_delta", thinking }));
  return {
    start: { type: "thinking", thinking: "", signature: "" },
    deltas: [...(omitted ? [] : thoughts), { type: "signature_delta", signature: signatureOf(answer) }],
  };
}

function textBlock(pieces: readonly string[]): Block {
  return { start: { type: "text", text: "" }, deltas: pieces.map((text) => ({ type: "text_delta", text })) };
}

function toolBlock(answer: Answer, call: AnswerToolCall, position: number): Block {
  // a tool without arguments gets one empty piece
  const text = call.argumentsText === "{}" ? "" : call.argumentsText;
  return {
    start: { type: "tool_use", id: toolUseId(answer, call, position), name: call.name, input: {} },
    deltas: ["", ...toFragments(text)].map((partial) => ({
      type: "input_json_delta",
      partial_json: partial,
    })),
  };
}

function event(kind: WireEvent["kind"], type: string, data: JsonObject): WireEvent {
  return namedSseEvent(kind, type, { type, ...data });
}
