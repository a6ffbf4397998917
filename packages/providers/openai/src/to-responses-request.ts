import type { JsonObject, ToolSpec } from "@salesagent/ports";
import type { Warn } from "@salesagent/provider-kit";
import { type ChatTarget, isStrictSchema } from "@salesagent/provider-openai-compatible";
import type { ReasoningSummary } from "./reasoning-summary.js";
import { toResponsesInput } from "./to-responses-input.js";

/** Maps a request to the body of a response. Nothing is stored at OpenAI. Pure. */
export function toResponsesRequest(
  target: ChatTarget,
  summary: ReasoningSummary | undefined,
  warn: Warn,
): JsonObject {
  const { request, modelId, streamed } = target;
  const { maxOutputTokens, cacheKey } = request;
  return {
    model: modelId,
    input: toResponsesInput(request.messages, modelId),
    store: false,
    ...(streamed ? { stream: true, stream_options: { include_obfuscation: false } } : {}),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...toolFields(target),
    ...outputFields(target, warn),
    ...samplingFields(target, warn),
    ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    ...reasoningFields(target, summary, warn),
    ...request.providerOptions?.["openai"],
  };
}

function toolFields({ request: { tools, toolChoice, parallelToolCalls } }: ChatTarget): JsonObject {
  if (!tools || tools.length === 0) return {};
  const choice =
    typeof toolChoice === "object" ? { type: "function", name: toolChoice.tool } : (toolChoice ?? undefined);
  return {
    tools: tools.map(toTool),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toTool({ name, description, inputSchema, strict = false }: ToolSpec): JsonObject {
  // Unlike in chat completions, tools are strict unless told otherwise.
  return { type: "function", name, description, parameters: inputSchema, strict };
}

function outputFields({ request: { output } }: ChatTarget, warn: Warn): JsonObject {
  if (!output) return {};
  const { name, schema, strict = isStrictSchema(schema) } = output;
  if (!strict) {
    warn({
      field: "output",
      message: `The schema "${name}" is not strict (every object closed, every property required), so the vendor does not promise to keep it.`,
    });
  }
  return { text: { format: { type: "json_schema", name, schema, strict } } };
}

function samplingFields({ request, profile, modelId }: ChatTarget, warn: Warn): JsonObject {
  const fields: Record<string, number> = {};
  if (request.temperature !== undefined) fields["temperature"] = request.temperature;
  if (request.topP !== undefined) fields["top_p"] = request.topP;
  const refused = profile.abilities.sampling ? [] : Object.keys(fields);
  for (const field of refused) warn({ field, message: `${modelId} takes no \`${field}\`; it was left out.` });
  for (const field of ["stop", "seed"] as const) {
    if (request[field] === undefined) continue;
    warn({ field, message: `The responses endpoint takes no \`${field}\`; it was left out.` });
  }
  return profile.abilities.sampling ? fields : {};
}

function reasoningFields(
  { request, profile, modelId }: ChatTarget,
  summary: ReasoningSummary | undefined,
  warn: Warn,
): JsonObject {
  const effort = request.reasoning?.effort;
  if (!profile.abilities.reasoning) {
    if (effort === undefined || effort === "none") return {};
    warn({ field: "reasoning", message: `${modelId} does not reason; the effort was left out.` });
    return {};
  }
  const reasoning: JsonObject = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
  };
  return {
    include: ["reasoning.encrypted_content"],
    ...(Object.keys(reasoning).length === 0 ? {} : { reasoning }),
  };
}
