import type { JsonObject } from "@salesagent/ports";

/** Bytes of a stream: each event under its name, as the vendor sends it. */
export function streamOf(...events: readonly JsonObject[]): Uint8Array {
  const text = events.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`);
  return new TextEncoder().encode(text.join(""));
}

export const messageStart: JsonObject = {
  type: "message_start",
  message: {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [],
    stop_reason: null,
    usage: {
      input_tokens: 43,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 20,
      output_tokens: 1,
    },
  },
};

export const ping: JsonObject = { type: "ping" };
export const messageStop: JsonObject = { type: "message_stop" };

export function messageDelta(stopReason: string, usage: JsonObject = { output_tokens: 30 }): JsonObject {
  return { type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null }, usage };
}

/** A block as its start, its deltas and its stop. */
export function block(index: number, start: JsonObject, ...deltas: readonly JsonObject[]): JsonObject[] {
  return [
    { type: "content_block_start", index, content_block: start },
    ...deltas.map((delta): JsonObject => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

export function textBlock(index: number, ...pieces: readonly string[]): JsonObject[] {
  return block(
    index,
    { type: "text", text: "" },
    ...pieces.map((text): JsonObject => ({ type: "text_delta", text })),
  );
}

export function toolBlock(
  index: number,
  id: string,
  name: string,
  ...pieces: readonly string[]
): JsonObject[] {
  return block(
    index,
    { type: "tool_use", id, name, input: {} },
    ...pieces.map((partial): JsonObject => ({ type: "input_json_delta", partial_json: partial })),
  );
}

/** Thinking, text and two calls side by side, with pings where they hurt. */
export const richStream: readonly JsonObject[] = [
  messageStart,
  ping,
  ...block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "Zürich first" },
    { type: "thinking_delta", thinking: ", then 東京." },
    { type: "signature_delta", signature: "EqQBCg==" },
  ),
  ...block(1, { type: "redacted_thinking", data: "b64data==" }),
  ...textBlock(2, "Let me ", "look 🎯."),
  {
    type: "content_block_start",
    index: 3,
    content_block: { type: "tool_use", id: "toolu_1", name: "lookup", input: {} },
  },
  { type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: "" } },
  {
    type: "content_block_delta",
    index: 3,
    delta: { type: "input_json_delta", partial_json: '{"domain": "zü' },
  },
  ping,
  {
    type: "content_block_delta",
    index: 3,
    delta: { type: "input_json_delta", partial_json: 'rich.example"}' },
  },
  { type: "content_block_stop", index: 3 },
  ...toolBlock(4, "toolu_2", "now", ""),
  messageDelta("tool_use", { output_tokens: 89, output_tokens_details: { thinking_tokens: 12 } }),
  messageStop,
];
