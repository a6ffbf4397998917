import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Ask, EMPTY_ASK } from "../ask.js";
import { arrayOf, objectOf, stringOf, textOf } from "../json-access.js";

/** Reads a messages request. */
export function readAnthropicAsk(body: JsonObject): Ask {
  const messages = arrayOf(body["messages"]).map(objectOf);
  const last = messages.at(-1);
  const schema = objectOf(objectOf(body["output_config"])["format"])["schema"];
  const answersTool = arrayOf(last?.["content"]).some((block) => objectOf(block)["type"] === "tool_result");
  return {
    ...EMPTY_ASK,
    model: stringOf(body["model"]) ?? "",
    stream: body["stream"] === true,
    tools: arrayOf(body["tools"])
      .map(objectOf)
      .map((tool) => ({ name: stringOf(tool["name"]) ?? "", schema: objectOf(tool["input_schema"]) })),
    toolChoice: readChoice(body["tool_choice"]),
    ...(schema === undefined ? {} : { outputSchema: objectOf(schema) }),
    json: schema !== undefined,
    prompt: textOf(messages.findLast(({ role }) => role === "user")?.["content"]),
    lastRole: answersTool ? "tool" : last?.["role"] === "assistant" ? "assistant" : "user",
  };
}

function readChoice(choice: JsonValue | undefined): Ask["toolChoice"] {
  const { type, name } = objectOf(choice);
  if (type === "any") return "required";
  if (type === "none") return "none";
  return type === "tool" ? { name: stringOf(name) ?? "" } : "auto";
}
