import type { JsonObject } from "@salesagent/ports";
import { type Ask, EMPTY_ASK } from "../ask.js";
import { arrayOf, objectOf, stringOf, textOf } from "../json-access.js";
import { readFunctionTool, readToolChoice } from "./read-chat-ask.js";

/** Reads a responses request, whose input is a text or a list of items. */
export function readResponsesAsk(body: JsonObject): Ask {
  const { input } = body;
  const items = arrayOf(input).map(objectOf);
  const format = objectOf(objectOf(body["text"])["format"]);
  const last = items.at(-1);
  return {
    ...EMPTY_ASK,
    model: stringOf(body["model"]) ?? "",
    stream: body["stream"] === true,
    tools: arrayOf(body["tools"])
      .map(objectOf)
      .filter(({ type }) => type === "function")
      .map(readFunctionTool),
    toolChoice: readToolChoice(body["tool_choice"]),
    ...(format["schema"] === undefined ? {} : { outputSchema: objectOf(format["schema"]) }),
    json: format["type"] === "json_schema" || format["type"] === "json_object",
    prompt:
      typeof input === "string" ? input : textOf(items.findLast(({ role }) => role === "user")?.["content"]),
    lastRole:
      last?.["type"] === "function_call_output"
        ? "tool"
        : last?.["role"] === "assistant"
          ? "assistant"
          : "user",
  };
}
