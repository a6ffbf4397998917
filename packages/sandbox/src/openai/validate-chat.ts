import type { JsonObject } from "@salesagent/ports";
import type { Flavor } from "../dialect.js";
import type { Failure } from "../failure.js";
import { arrayOf, objectOf, stringOf, textOf } from "../json-access.js";
import { checkStrictSchemas } from "./validate-strict-schema.js";

/** What the vendor refuses in a chat completions request, in the order in which it would notice. */
export function validateChat(flavor: Flavor, body: JsonObject): Failure | undefined {
  return (
    (flavor === "gemini-compat" ? checkKnownNames(body) : undefined) ??
    checkMessages(body) ??
    (flavor === "ollama-compat" ? undefined : checkToolOrder(body)) ??
    VENDOR_CHECKS[flavor]?.(body)
  );
}

const VENDOR_CHECKS: Partial<Record<Flavor, (body: JsonObject) => Failure | undefined>> = {
  openai: (body) => checkReasoningModel(body) ?? checkStrictSchemas(body),
  deepseek: checkDeepseek,
  "gemini-compat": checkThoughtSignatures,
};

function checkMessages(body: JsonObject): Failure | undefined {
  if (stringOf(body["model"]) === undefined) {
    return { reason: "bad-request", message: "you must provide a model parameter", param: "model" };
  }
  if (arrayOf(body["messages"]).length > 0) return undefined;
  return {
    reason: "bad-request",
    message: "Invalid 'messages': empty array. Expected an array with minimum length 1.",
    param: "messages",
    code: "empty_array",
  };
}

/** Tool messages answer the calls of the assistant message before them, each once and all of them. */
function checkToolOrder(body: JsonObject): Failure | undefined {
  let open = new Set<string>();
  for (const [position, message] of arrayOf(body["messages"]).map(objectOf).entries()) {
    const param = `messages.[${position}].role`;
    if (message["role"] === "tool") {
      if (!open.delete(stringOf(message["tool_call_id"]) ?? "")) {
        const said =
          "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        return { reason: "bad-request", message: `Invalid parameter: ${said}`, param };
      }
      continue;
    }
    if (open.size > 0) return unanswered(open, param);
    const calls = arrayOf(message["tool_calls"]).map(objectOf);
    if (calls.some((call) => typeof objectOf(call["function"])["arguments"] !== "string")) {
      const where = `messages[${position}].tool_calls[0].function.arguments`;
      return {
        reason: "bad-request",
        message: `Invalid type for '${where}': expected a string.`,
        param: where,
        code: "invalid_type",
      };
    }
    open = new Set(calls.map((call) => stringOf(call["id"]) ?? ""));
  }
  return open.size > 0 ? unanswered(open, "messages") : undefined;
}

function unanswered(open: ReadonlySet<string>, param: string): Failure {
  const said = "An assistant message with 'tool_calls' must be followed by tool messages responding to each";
  return {
    reason: "bad-request",
    message: `${said} 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(", ")}`,
    param,
  };
}

/** Reasoning models take `max_completion_tokens` and no sampling parameters. */
function checkReasoningModel(body: JsonObject): Failure | undefined {
  if (!/^(o\d|gpt-[5-9])/.test(stringOf(body["model"]) ?? "")) return undefined;
  if (body["max_tokens"] !== undefined) {
    return {
      reason: "bad-request",
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      param: "max_tokens",
      code: "unsupported_parameter",
    };
  }
  const param = ["temperature", "top_p"].find((name) => body[name] !== undefined && body[name] !== 1);
  if (param === undefined) return undefined;
  return {
    reason: "bad-request",
    message: `Unsupported value: '${param}' does not support ${body[param]} with this model. Only the default (1) value is supported.`,
    param,
    code: "unsupported_value",
  };
}

function checkDeepseek(body: JsonObject): Failure | undefined {
  const thinks = objectOf(body["thinking"])["type"] !== "disabled";
  const messages = arrayOf(body["messages"]).map(objectOf);
  const forgot = messages.some(
    (message) =>
      arrayOf(message["tool_calls"]).length > 0 && typeof message["reasoning_content"] !== "string",
  );
  if (thinks && forgot) {
    const message = "The reasoning_content in the thinking mode must be passed back to the API.";
    return { reason: "bad-request", message, code: "invalid_request_error" };
  }
  const format = objectOf(body["response_format"])["type"];
  if (format === "json_schema") {
    const message = "This response_format type is unavailable now";
    return { reason: "bad-request", message, code: "invalid_request_error" };
  }
  if (format !== "json_object" || messages.some(({ content }) => /json/i.test(textOf(content))))
    return undefined;
  return {
    reason: "bad-request",
    message:
      "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.",
    code: "invalid_request_error",
  };
}

const GEMINI_NAMES = new Set(
  `model messages stream stream_options tools tool_choice response_format temperature top_p max_tokens
  max_completion_tokens stop n reasoning_effort extra_body seed presence_penalty frequency_penalty user
  parallel_tool_calls modalities audio store metadata service_tier logprobs top_logprobs`.split(/\s+/),
);

const GEMINI_MESSAGE_NAMES = new Set([
  "role",
  "content",
  "name",
  "tool_calls",
  "tool_call_id",
  "extra_content",
  "refusal",
]);

function checkKnownNames(body: JsonObject): Failure | undefined {
  const messages = arrayOf(body["messages"]).map(objectOf);
  const name =
    Object.keys(body).find((key) => !GEMINI_NAMES.has(key)) ??
    messages.flatMap(Object.keys).find((key) => !GEMINI_MESSAGE_NAMES.has(key));
  if (name === undefined) return undefined;
  const message = `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`;
  return { reason: "bad-request", message };
}

/** Gemini 3 wants the signature of a thought back on the call that it led to: the first of each turn. */
function checkThoughtSignatures(body: JsonObject): Failure | undefined {
  if (!/gemini-3/.test(stringOf(body["model"]) ?? "")) return undefined;
  const unsigned = arrayOf(body["messages"])
    .map((message) => objectOf(arrayOf(objectOf(message)["tool_calls"])[0]))
    .find((call) => {
      const google = objectOf(objectOf(call["extra_content"])["google"]);
      return call["function"] !== undefined && stringOf(google["thought_signature"]) === undefined;
    });
  if (unsigned === undefined) return undefined;
  const name = stringOf(objectOf(unsigned["function"])["name"]) ?? "";
  const message = `Function call is missing a thought_signature in functionCall parts. Function call \`${name}\`.`;
  return { reason: "bad-request", message };
}
