import type { JsonObject, ModelRequest, ToolSpec } from "@salesagent/ports";
import { type Warn, withSchemaPrompt } from "@salesagent/provider-kit";
import type { ChatDialect, ChatTarget } from "./chat-dialect.js";
import { isStrictSchema } from "./strict-schema.js";
import { toChatMessages } from "./to-chat-messages.js";

/** Maps a request to the body of a chat completion. Pure. */
export function toChatRequest(target: ChatTarget, dialect: ChatDialect, warn: Warn): JsonObject {
  const { request, modelId, profile, streamed } = target;
  const maxTokens = request.maxOutputTokens ?? dialect.defaultMaxTokens?.(profile);
  const { stop, seed, cacheKey } = request;
  const { cacheKeyField } = dialect;
  const body: JsonObject = {
    model: modelId,
    messages: toChatMessages(promptedRequest(target), target, dialect),
    ...(streamed ? { stream: true, ...streamFields(dialect) } : {}),
    ...(maxTokens === undefined ? {} : { [dialect.maxTokensField]: maxTokens }),
    ...toolFields(request, dialect),
    ...outputFields(target, warn),
    ...samplingFields(target, warn),
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(cacheKey === undefined || cacheKeyField === undefined ? {} : { [cacheKeyField]: cacheKey }),
    ...reasoningFields(target, dialect, warn),
    ...request.providerOptions?.[dialect.provider],
  };
  return dialect.finishBody?.(body, target, warn) ?? body;
}

function promptedRequest({ request, profile }: ChatTarget): ModelRequest {
  const enforced = profile.abilities.structuredOutput === "schema";
  return request.output && !enforced ? withSchemaPrompt(request, request.output) : request;
}

function streamFields({ streamOptions }: ChatDialect): JsonObject {
  return streamOptions === undefined ? {} : { stream_options: streamOptions };
}

function toolFields(
  { tools, toolChoice, parallelToolCalls }: ModelRequest,
  { strictTools = true }: ChatDialect,
): JsonObject {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map((tool) => toTool(tool, strictTools)),
    ...(toolChoice === undefined ? {} : { tool_choice: toToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toTool({ name, description, inputSchema, strict }: ToolSpec, strictTools: boolean): JsonObject {
  const promise = strict === undefined || !strictTools ? {} : { strict };
  return { type: "function", function: { name, description, parameters: inputSchema, ...promise } };
}

function toToolChoice(choice: NonNullable<ModelRequest["toolChoice"]>): string | JsonObject {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.tool } };
}

function outputFields({ request: { output }, modelId, profile }: ChatTarget, warn: Warn): JsonObject {
  if (!output) return {};
  const { structuredOutput } = profile.abilities;
  if (structuredOutput !== "schema") {
    const held = structuredOutput === "json" ? "only to JSON" : "to nothing";
    warn({
      field: "output",
      message: `${modelId} is held ${held} by its vendor; the schema was put into the prompt.`,
    });
    return structuredOutput === "json" ? { response_format: { type: "json_object" } } : {};
  }
  const { name, schema, strict = isStrictSchema(schema) } = output;
  if (!strict) {
    warn({
      field: "output",
      message: `The schema "${name}" is not strict (every object closed, every property required), so the vendor does not promise to keep it.`,
    });
  }
  return { response_format: { type: "json_schema", json_schema: { name, schema, strict } } };
}

function samplingFields({ request, profile, modelId }: ChatTarget, warn: Warn): JsonObject {
  const fields: Record<string, number> = {};
  if (request.temperature !== undefined) fields["temperature"] = request.temperature;
  if (request.topP !== undefined) fields["top_p"] = request.topP;
  if (profile.abilities.sampling) return fields;
  for (const field of Object.keys(fields)) {
    warn({ field, message: `${modelId} takes no \`${field}\`; it was left out.` });
  }
  return {};
}

function reasoningFields(target: ChatTarget, dialect: ChatDialect, warn: Warn): JsonObject {
  const effort = target.request.reasoning?.effort;
  if (effort === undefined) return {};
  if (dialect.reasoning) return dialect.reasoning(effort, target, warn);
  if (target.profile.abilities.reasoning) return { reasoning_effort: effort };
  if (effort !== "none") {
    warn({ field: "reasoning", message: `${target.modelId} does not reason; the effort was left out.` });
  }
  return {};
}
