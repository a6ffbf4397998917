import type { JsonObject } from "@salesagent/ports";
import type { Failure } from "../failure.js";
import { arrayOf, objectOf, stringOf } from "../json-access.js";
import { checkStrict } from "./validate-strict-schema.js";

/** What OpenAI refuses in a responses request. */
export function validateResponses(body: JsonObject): Failure | undefined {
  return (
    checkRequired(body) ??
    checkParameters(body) ??
    checkCallOutputs(body) ??
    checkToolSchemas(body) ??
    checkText(body)
  );
}

function checkRequired(body: JsonObject): Failure | undefined {
  if (stringOf(body["model"]) === undefined) {
    return missing("model");
  }
  const { input } = body;
  return input === undefined || input === "" || (Array.isArray(input) && input.length === 0)
    ? missing("input")
    : undefined;
}

function missing(param: string): Failure {
  return {
    reason: "bad-request",
    message: `Missing required parameter: '${param}'.`,
    param,
    code: "missing_required_parameter",
  };
}

function checkParameters(body: JsonObject): Failure | undefined {
  const unknown = [
    "max_tokens",
    "max_completion_tokens",
    "messages",
    "response_format",
    "reasoning_effort",
  ].find((name) => body[name] !== undefined);
  if (unknown !== undefined) {
    const message = `Unknown parameter: '${unknown}'.`;
    return { reason: "bad-request", message, param: unknown, code: "unknown_parameter" };
  }
  if (!/^(o\d|gpt-[5-9])/.test(stringOf(body["model"]) ?? "")) return undefined;
  const param = ["temperature", "top_p"].find((name) => body[name] !== undefined && body[name] !== 1);
  if (param === undefined) return undefined;
  const message = `Unsupported parameter: '${param}' is not supported with this model.`;
  return { reason: "bad-request", message, param, code: "unsupported_parameter" };
}

/** Calls and their outputs come in pairs, the call first. */
function checkCallOutputs(body: JsonObject): Failure | undefined {
  const open = new Set<string>();
  for (const item of arrayOf(body["input"]).map(objectOf)) {
    const id = stringOf(item["call_id"]) ?? "";
    if (item["type"] === "function_call") open.add(id);
    // what a stored response called is not known here
    if (item["type"] !== "function_call_output" || open.delete(id)) continue;
    if (body["previous_response_id"] !== undefined) continue;
    const message = `No tool call found for function call output with call_id ${id}.`;
    return { reason: "bad-request", message, param: "input" };
  }
  const [left] = open;
  if (left === undefined) return undefined;
  return {
    reason: "bad-request",
    message: `No tool output found for function call ${left}.`,
    param: "input",
  };
}

function checkToolSchemas(body: JsonObject): Failure | undefined {
  for (const [at, tool] of arrayOf(body["tools"]).map(objectOf).entries()) {
    // tools are strict here unless they say otherwise
    if (tool["type"] !== "function" || tool["strict"] === false) continue;
    const what = `function '${stringOf(tool["name"]) ?? ""}'`;
    const failure = checkStrict(objectOf(tool["parameters"]), what, `tools[${at}].parameters`);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function checkText(body: JsonObject): Failure | undefined {
  const format = objectOf(objectOf(body["text"])["format"]);
  if (format["strict"] !== true) return undefined;
  const what = `response_format '${stringOf(format["name"]) ?? ""}'`;
  return checkStrict(objectOf(format["schema"]), what, "text.format.schema");
}
