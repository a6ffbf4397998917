import type { JsonObject, ModelProfile, ModelRequest, ToolSpec } from "@salesagent/ports";
import type { ChatDialect, Warn } from "./chat-dialect.js";
import { isStrictSchema } from "./strict-schema.js";
import { toChatMessages } from "./to-chat-messages.js";

/** Maps a request to the body of a chat completion. Pure. */
export function toChatRequest(
  request: ModelRequest,
  target: { readonly modelId: string; readonly profile: ModelProfile; readonly streamed: boolean },
  dialect: ChatDialect,
  warn: Warn,
): JsonObject {
  const { modelId, profile, streamed } = target;
  const maxTokens = request.maxOutputTokens ?? dialect.defaultMaxTokens?.(profile);
  const body: JsonObject = {
    model: modelId,
    messages: toChatMessages(request, dialect, modelId),
    ...(streamed ? { stream: true, ...streamFields(dialect) } : {}),
    ...(maxTokens === undefined ? {} : { [dialect.maxTokensField]: maxTokens }),
    ...toolFields(request),
    ...outputFields(request, dialect),
    ...samplingFields(request, profile, modelId, warn),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...reasoningFields(request, dialect, profile, warn),
  };
  const finished = dialect.finishBody?.(body, request, warn) ?? body;
  return { ...finished, ...request.providerOptions?.[dialect.provider] };
}

function streamFields({ streamOptions }: ChatDialect): JsonObject {
  return streamOptions === undefined ? {} : { stream_options: streamOptions };
}

function toolFields({ tools, toolChoice, parallelToolCalls }: ModelRequest): JsonObject {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map(toTool),
    ...(toolChoice === undefined ? {} : { tool_choice: toToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toTool({ name, description, inputSchema, strict }: ToolSpec): JsonObject {
  return {
    type: "function",
    function: { name, description, parameters: inputSchema, ...(strict === undefined ? {} : { strict }) },
  };
}

function toToolChoice(choice: NonNullable<ModelRequest["toolChoice"]>): string | JsonObject {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.tool } };
}

function outputFields({ output }: ModelRequest, dialect: ChatDialect): JsonObject {
  if (!output) return {};
  if (dialect.structuredOutput === "json_object") return { response_format: { type: "json_object" } };
  const { name, schema, strict = isStrictSchema(schema) } = output;
  return { response_format: { type: "json_schema", json_schema: { name, schema, strict } } };
}

function samplingFields(
  request: ModelRequest,
  profile: ModelProfile,
  modelId: string,
  warn: Warn,
): JsonObject {
  const fields: Record<string, number> = {};
  if (request.temperature !== undefined) fields["temperature"] = request.temperature;
  if (request.topP !== undefined) fields["top_p"] = request.topP;
  if (profile.abilities.sampling) return fields;
  for (const field of Object.keys(fields)) {
    warn({ field, message: `${modelId} takes no \`${field}\`; it was left out.` });
  }
  return {};
}

function reasoningFields(
  { reasoning }: ModelRequest,
  dialect: ChatDialect,
  profile: ModelProfile,
  warn: Warn,
): JsonObject {
  if (!reasoning) return {};
  if (dialect.reasoning) return dialect.reasoning(reasoning.effort, profile, warn);
  if (profile.abilities.reasoning) return { reasoning_effort: reasoning.effort };
  warn({ field: "reasoning", message: "This model does not reason; the effort was left out." });
  return {};
}
