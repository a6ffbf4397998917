import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Answer, toFragments } from "../answer.js";
import { arrayOf } from "../json-access.js";
import { HEX, seededId } from "../seeded-id.js";

/** One event before it has a number. */
export interface ResponseEvent {
  readonly type: string;
  readonly data: JsonObject;
}

/** An item of the output and the events in which it streams. */
export interface ResponseItem {
  readonly item: JsonObject;
  readonly events: readonly ResponseEvent[];
}

/** The output's items, each with its events, in order. */
export function responseItems(answer: Answer, body: JsonObject): ResponseItem[] {
  const makers: ((at: number) => ResponseItem)[] = [];
  if (answer.reasoningPieces.length > 0) makers.push((at) => reasoningItem(answer, at, body));
  if (answer.textPieces.length > 0) {
    makers.push((at) => messageItem(answer, at, "output_text", answer.textPieces));
  }
  if (answer.refusalPieces.length > 0) {
    makers.push((at) => messageItem(answer, at, "refusal", answer.refusalPieces));
  }
  for (const position of answer.toolCalls.keys()) makers.push((at) => callItem(answer, at, position));
  return makers.map((make, at) => make(at));
}

const idOf = (answer: Answer, prefix: string, at: number): string =>
  `${prefix}_${seededId(`${answer.seed}.${prefix}${at}`, 48, HEX)}`;

function withFrame(
  at: number,
  opened: JsonObject,
  closed: JsonObject,
  inner: readonly ResponseEvent[],
): ResponseItem {
  return {
    item: closed,
    events: [
      { type: "response.output_item.added", data: { output_index: at, item: opened } },
      ...inner,
      { type: "response.output_item.done", data: { output_index: at, item: closed } },
    ],
  };
}

function reasoningItem(answer: Answer, at: number, body: JsonObject): ResponseItem {
  const id = idOf(answer, "rs", at);
  const text = answer.reasoningPieces.join("");
  const place: JsonObject = { item_id: id, output_index: at, summary_index: 0 };
  const sealed: JsonObject = arrayOf(body["include"]).includes("reasoning.encrypted_content")
    ? { encrypted_content: `simulated${seededId(answer.seed, 40)}` }
    : {};
  const part = (told: string): JsonValue => ({ type: "summary_text", text: told });
  return withFrame(
    at,
    { id, type: "reasoning", summary: [] },
    { id, type: "reasoning", summary: [part(text)], ...sealed },
    [
      { type: "response.reasoning_summary_part.added", data: { ...place, part: part("") } },
      ...answer.reasoningPieces.map((delta) => ({
        type: "response.reasoning_summary_text.delta",
        data: { ...place, delta },
      })),
      { type: "response.reasoning_summary_text.done", data: { ...place, text } },
      { type: "response.reasoning_summary_part.done", data: { ...place, part: part(text) } },
    ],
  );
}

function messageItem(
  answer: Answer,
  at: number,
  kind: "output_text" | "refusal",
  pieces: readonly string[],
): ResponseItem {
  const id = idOf(answer, "msg", at);
  const place: JsonObject = { item_id: id, output_index: at, content_index: 0 };
  const text = pieces.join("");
  const key = kind === "refusal" ? "refusal" : "text";
  const part = (told: string): JsonObject =>
    kind === "refusal"
      ? { type: "refusal", refusal: told }
      : { type: "output_text", text: told, annotations: [], logprobs: [] };
  const extra: JsonObject = kind === "refusal" ? {} : { logprobs: [] };
  const head: JsonObject = { id, type: "message", role: "assistant" };
  return withFrame(
    at,
    { ...head, status: "in_progress", content: [] },
    { ...head, status: "completed", content: [part(text)] },
    [
      { type: "response.content_part.added", data: { ...place, part: part("") } },
      ...pieces.map((delta) => ({ type: `response.${kind}.delta`, data: { ...place, delta, ...extra } })),
      { type: `response.${kind}.done`, data: { ...place, [key]: text, ...extra } },
      { type: "response.content_part.done", data: { ...place, part: part(text) } },
    ],
  );
}

function callItem(answer: Answer, at: number, position: number): ResponseItem {
  const call = answer.toolCalls[position];
  const id = idOf(answer, "fc", at);
  const place: JsonObject = { item_id: id, output_index: at };
  const text = call?.argumentsText ?? "{}";
  const head: JsonObject = {
    id,
    type: "function_call",
    call_id: call?.id ?? `call_${seededId(`${answer.seed}.${position}`, 24)}`,
    name: call?.name ?? "",
  };
  return withFrame(
    at,
    { ...head, status: "in_progress", arguments: "" },
    { ...head, status: "completed", arguments: text },
    [
      ...toFragments(text).map((delta) => ({
        type: "response.function_call_arguments.delta",
        data: { ...place, delta },
      })),
      {
        type: "response.function_call_arguments.done",
        data: { ...place, arguments: text, name: call?.name ?? "" },
      },
    ],
  );
}
