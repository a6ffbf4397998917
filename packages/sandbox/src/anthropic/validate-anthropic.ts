import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Failure } from "../failure.js";
import { arrayOf, isObject, objectOf, stringOf } from "../json-access.js";

/** What Anthropic refuses in a messages request, by the version that its header names. */
export function validateAnthropic(
  body: JsonObject,
  headers: Readonly<Record<string, string>>,
): Failure | undefined {
  return (
    checkVersion(headers["anthropic-version"]) ??
    checkRequired(body) ??
    checkSampling(body, headers["anthropic-version"] ?? "") ??
    checkThinking(body) ??
    checkContent(arrayOf(body["messages"]).map(objectOf)) ??
    checkToolResults(arrayOf(body["messages"]).map(objectOf)) ??
    checkOutputSchema(body)
  );
}

const refuse = (message: string): Failure => ({ reason: "bad-request", message });

function checkVersion(version: string | undefined): Failure | undefined {
  if (version === undefined) return refuse("anthropic-version: header is required");
  if (version === "2026-10-21" || version === "2023-06-01") return undefined;
  return refuse(`anthropic-version: "${version}" is not a valid version`);
}

function checkRequired(body: JsonObject): Failure | undefined {
  if (stringOf(body["model"]) === undefined) return refuse("model: Field required");
  if (body["max_tokens"] === undefined) return refuse("max_tokens: Field required");
  const limit = body["max_tokens"];
  if (typeof limit !== "number" || limit < 1) {
    return refuse("max_tokens: Input should be greater than or equal to 1");
  }
  return arrayOf(body["messages"]).length > 0
    ? undefined
    : refuse("messages: at least one message is required");
}

/** Models after Opus 4.6. */
const NEW_MODELS = /^claude-(opus-4-[7-9]|(opus|sonnet|haiku|fable)-[5-9])/;

function checkSampling(body: JsonObject, version: string): Failure | undefined {
  const given = ["temperature", "top_p", "top_k"].filter((name) => body[name] !== undefined);
  if (version === "2026-10-21") {
    return given.length > 0 ? refuse(`${given[0]}: Extra inputs are not permitted`) : undefined;
  }
  if (!NEW_MODELS.test(stringOf(body["model"]) ?? "")) return undefined;
  const wrong = given.find((name) => {
    const value = body[name];
    return !(name === "temperature"
      ? value === 1
      : name === "top_p" && typeof value === "number" && value >= 0.99);
  });
  return wrong === undefined ? undefined : refuse(`${wrong}: this value is not supported by this model`);
}

function checkThinking(body: JsonObject): Failure | undefined {
  const { type, budget_tokens: budget } = objectOf(body["thinking"]);
  const model = stringOf(body["model"]) ?? "";
  if (type === "disabled" && /^claude-fable/.test(model)) {
    return refuse("thinking.type: thinking cannot be disabled for this model");
  }
  if (type !== "enabled") return undefined;
  if (NEW_MODELS.test(model)) {
    return refuse("thinking.type: `enabled` is not supported by this model. Use `adaptive`.");
  }
  if (typeof budget !== "number" || budget < 1024) {
    return refuse("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  }
  return budget < Number(body["max_tokens"])
    ? undefined
    : refuse("`max_tokens` must be greater than `thinking.budget_tokens`");
}

function blocksOf(message: JsonObject | undefined): readonly JsonObject[] {
  return arrayOf(message?.["content"]).map(objectOf);
}

function checkContent(messages: readonly JsonObject[]): Failure | undefined {
  for (const [position, message] of messages.entries()) {
    if (message["content"] === "" || (Array.isArray(message["content"]) && message["content"].length === 0)) {
      return refuse(`messages.${position}: all messages must have non-empty content`);
    }
    for (const [at, block] of blocksOf(message).entries()) {
      const place = `messages.${position}.content.${at}`;
      if (block["type"] === "text" && block["text"] === "") {
        return refuse("messages: text content blocks must be non-empty");
      }
      if (block["type"] === "thinking" && !stringOf(block["signature"])) {
        return refuse(`${place}.thinking.signature: Field required`);
      }
      if (block["type"] === "tool_use" && !isObject(block["input"])) {
        return refuse(`${place}.tool_use.input: Input should be a valid dictionary`);
      }
    }
  }
  return undefined;
}

/** All results of a turn stand in the one user message after it, before any text. */
function checkToolResults(messages: readonly JsonObject[]): Failure | undefined {
  for (const [position, message] of messages.entries()) {
    const called = message["role"] === "assistant" ? idsOf(blocksOf(message), "tool_use", "id") : [];
    const next = messages[position + 1];
    const results = leadingResults(next);
    const missing = called.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      return refuse(
        `messages.${position}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    const before = idsOf(blocksOf(messages[position - 1]), "tool_use", "id");
    const stray = idsOf(blocksOf(message), "tool_result", "tool_use_id").find((id) => !before.includes(id));
    if (stray === undefined) continue;
    return refuse(
      `messages.${position}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  }
  return undefined;
}

function leadingResults(message: JsonObject | undefined): string[] {
  if (message?.["role"] !== "user") return [];
  const blocks = blocksOf(message);
  const end = blocks.findIndex(({ type }) => type !== "tool_result");
  return idsOf(end === -1 ? blocks : blocks.slice(0, end), "tool_result", "tool_use_id");
}

function idsOf(blocks: readonly JsonObject[], type: string, key: string): string[] {
  return blocks.filter((block) => block["type"] === type).map((block) => stringOf(block[key]) ?? "");
}

/** Keywords that structured output does not take: they belong into a description. */
const REFUSED_KEYWORDS = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
];

function checkOutputSchema(body: JsonObject): Failure | undefined {
  const format = objectOf(objectOf(body["output_config"])["format"]);
  if (format["schema"] === undefined) return undefined;
  const breach = findBreach(format["schema"]);
  return breach === undefined ? undefined : refuse(`output_config.format.schema: ${breach}`);
}

function findBreach(value: JsonValue | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const type = stringOf(value["type"]) ?? "object";
  if (value["type"] === "object" && value["additionalProperties"] !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false";
  }
  const keyword = REFUSED_KEYWORDS.find((name) => value[name] !== undefined);
  if (keyword !== undefined) return `For '${type}' type, property '${keyword}' is not supported`;
  if (typeof value["minItems"] === "number" && value["minItems"] > 1) {
    return "For 'array' type, 'minItems' values other than 0 or 1 are not supported";
  }
  const children = [
    ...Object.values(objectOf(value["properties"])),
    ...Object.values(objectOf(value["$defs"])),
    ...arrayOf(value["anyOf"]),
    ...arrayOf(value["allOf"]),
    value["items"],
  ];
  for (const child of children) {
    const breach = findBreach(child);
    if (breach !== undefined) return breach;
  }
  return undefined;
}
