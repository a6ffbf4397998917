import type { JsonObject } from "@salesagent/ports";
import { type Ask, EMPTY_ASK } from "../ask.js";
import type { Failure } from "../failure.js";
import { arrayOf, isObject, objectOf, stringOf, textOf } from "../json-access.js";
import { readFunctionTool } from "../openai/read-chat-ask.js";

/** Reads a native chat request. It streams unless told not to, and knows no tool choice. */
export function readOllamaAsk(body: JsonObject): Ask {
  const messages = arrayOf(body["messages"]).map(objectOf);
  const last = messages.at(-1)?.["role"];
  const { format } = body;
  return {
    ...EMPTY_ASK,
    model: stringOf(body["model"]) ?? "",
    stream: body["stream"] !== false,
    tools: arrayOf(body["tools"]).map((tool) => readFunctionTool(objectOf(objectOf(tool)["function"]))),
    ...(isObject(format) ? { outputSchema: format } : {}),
    json: isObject(format) || format === "json",
    prompt: textOf(messages.findLast(({ role }) => role === "user")?.["content"]),
    lastRole: last === "tool" ? "tool" : last === "assistant" ? "assistant" : "user",
  };
}

/** Reads an embed request. */
export function readOllamaEmbedAsk(body: JsonObject): Ask {
  const { input } = body;
  const inputs = typeof input === "string" ? [input] : arrayOf(input).map(String);
  return { ...EMPTY_ASK, model: stringOf(body["model"]) ?? "", inputs };
}

/** What Ollama refuses: bodies that its types can't hold. */
export function validateOllama(body: JsonObject): Failure | undefined {
  if (stringOf(body["model"]) === undefined) return { reason: "bad-request", message: "model is required" };
  const calls = arrayOf(body["messages"]).flatMap((message) => arrayOf(objectOf(message)["tool_calls"]));
  const wrong = calls.some((call) => !isObject(objectOf(objectOf(call)["function"])["arguments"]));
  if (wrong) {
    const message =
      "json: cannot unmarshal string into Go struct field ToolCallFunction.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments";
    return { reason: "bad-request", message };
  }
  const { format } = body;
  if (format === undefined || format === "" || format === "json" || isObject(format)) return undefined;
  return {
    reason: "bad-request",
    message: `invalid format: ${JSON.stringify(format)}; expected "json" or a JSON schema`,
  };
}
