import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Ask, type AskedTool, EMPTY_ASK } from "../ask.js";
import { arrayOf, objectOf, stringOf, textOf } from "../json-access.js";

/** Reads a chat completions request. */
export function readChatAsk(body: JsonObject): Ask {
  const messages = arrayOf(body["messages"]).map(objectOf);
  const last = messages.at(-1);
  const format = objectOf(body["response_format"]);
  const schema = objectOf(format["json_schema"])["schema"];
  return {
    ...EMPTY_ASK,
    model: stringOf(body["model"]) ?? "",
    stream: body["stream"] === true,
    tools: arrayOf(body["tools"]).map((tool) => readFunctionTool(objectOf(objectOf(tool)["function"]))),
    toolChoice: readToolChoice(body["tool_choice"]),
    ...(schema === undefined ? {} : { outputSchema: objectOf(schema) }),
    json: format["type"] === "json_schema" || format["type"] === "json_object",
    prompt: textOf(messages.findLast(({ role }) => role === "user")?.["content"]),
    lastRole: last?.["role"] === "tool" ? "tool" : last?.["role"] === "assistant" ? "assistant" : "user",
  };
}

/** A function as OpenAI describes it: `name` and `parameters`. */
export function readFunctionTool(description: JsonObject): AskedTool {
  return { name: stringOf(description["name"]) ?? "", schema: objectOf(description["parameters"]) };
}

/** `auto`, `none`, `required` (or Mistral's `any`), or one function. */
export function readToolChoice(choice: JsonValue | undefined): Ask["toolChoice"] {
  if (choice === "required" || choice === "any") return "required";
  if (choice === "none") return "none";
  const { name, function: named } = objectOf(choice);
  const forced = stringOf(name) ?? stringOf(objectOf(named)["name"]);
  return forced === undefined ? "auto" : { name: forced };
}
