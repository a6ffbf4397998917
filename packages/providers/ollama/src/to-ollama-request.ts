import type { JsonObject, JsonValue, ModelProfile, ModelRequest, ToolSpec } from "@salesagent/ports";
import { isJsonObject, nearestEffort, type Warn, withSchemaPrompt } from "@salesagent/provider-kit";
import { thinksByLevel } from "./ollama-models.js";
import { PROVIDER, toOllamaMessages } from "./to-ollama-messages.js";

/** For what and how a request is mapped. */
export interface OllamaTarget {
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly streamed: boolean;
  readonly contextTokens: number | undefined;
  readonly keepAlive: string | number | undefined;
  readonly overflow: "error" | "cut";
}

/** Maps a request to the body of a chat. Pure. */
export function toOllamaRequest(given: ModelRequest, target: OllamaTarget, warn: Warn): JsonObject {
  const { modelId, profile, streamed, keepAlive, overflow } = target;
  const request = withSpokenSchema(given, profile, warn);
  const options = optionFields(request, target, warn);
  const body: JsonObject = {
    model: modelId,
    messages: toOllamaMessages(request.messages, modelId),
    stream: streamed,
    ...toolFields(request, profile, warn),
    ...(request.output === undefined ? {} : { format: request.output.schema }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...thinkFields(request, modelId, profile, warn),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    // Without these the server cuts what does not fit, and says nothing.
    ...(overflow === "error" ? { truncate: false, shift: false } : {}),
  };
  return withOptions(body, request);
}

/** Characters of a prompt that become tokens; images do not. */
export function promptCharsOf({ messages, tools }: JsonObject): number {
  const list: readonly JsonValue[] = Array.isArray(messages) ? messages : [];
  let chars = tools === undefined ? 0 : JSON.stringify(tools).length;
  for (const message of list) {
    if (!isJsonObject(message)) continue;
    const { content, thinking, tool_calls: calls } = message;
    if (typeof content === "string") chars += content.length;
    if (typeof thinking === "string") chars += thinking.length;
    if (calls !== undefined) chars += JSON.stringify(calls).length;
  }
  return chars;
}

function withSpokenSchema(request: ModelRequest, profile: ModelProfile, warn: Warn): ModelRequest {
  const { output, ...rest } = request;
  if (!output || profile.abilities.structuredOutput === "schema") return request;
  warn({
    field: "output",
    message: "This model holds no answer to a schema; it stands in the prompt alone.",
  });
  return withSchemaPrompt(rest, output);
}

function optionFields(
  request: ModelRequest,
  { profile, contextTokens }: OllamaTarget,
  warn: Warn,
): JsonObject {
  const sampling: Record<string, number> = {};
  for (const [field, name] of [
    ["temperature", "temperature"],
    ["topP", "top_p"],
  ] as const) {
    const value = request[field];
    if (value === undefined) continue;
    if (profile.abilities.sampling) sampling[name] = value;
    else warn({ field, message: `\`${field}\` is not taken by this model; it was left out.` });
  }
  return {
    ...(contextTokens === undefined ? {} : { num_ctx: contextTokens }),
    ...(request.maxOutputTokens === undefined ? {} : { num_predict: request.maxOutputTokens }),
    ...sampling,
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
  };
}

function toolFields(request: ModelRequest, profile: ModelProfile, warn: Warn): JsonObject {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return {};
  if (!profile.abilities.tools) {
    warn({ field: "tools", message: "This model takes no tools; they were left out." });
    return {};
  }
  if (parallelToolCalls === false) {
    warn({ field: "parallelToolCalls", message: "This server can't be kept to one call; it was left out." });
  }
  // The server knows no choice of tools: what is not to be called is not shown.
  if (toolChoice === "none") return {};
  if (toolChoice === "required" || typeof toolChoice === "object") {
    warn({
      field: "toolChoice",
      message: "This server can't force a call; the model may answer without one.",
    });
  }
  const shown = typeof toolChoice === "object" ? tools.filter(({ name }) => name === toolChoice.tool) : tools;
  return { tools: shown.map(toTool) };
}

function toTool({ name, description, inputSchema }: ToolSpec): JsonObject {
  return { type: "function", function: { name, description, parameters: inputSchema } };
}

function thinkFields(
  { reasoning }: ModelRequest,
  modelId: string,
  profile: ModelProfile,
  warn: Warn,
): JsonObject {
  if (!reasoning) return {};
  const { effort } = reasoning;
  if (!profile.abilities.reasoning) {
    if (effort !== "none") {
      warn({
        field: "reasoning",
        message:
          "This model is not known to reason; the effort was left out. Set `profile.abilities.reasoning` if it does.",
      });
    }
    return {};
  }
  if (thinksByLevel(modelId)) return { think: nearestEffort(effort, ["low", "medium", "high"], warn) };
  if (effort === "none") return { think: false };
  warn({
    field: "reasoning.effort",
    message: `This model only thinks or does not: "${effort}" was sent as thinking.`,
  });
  return { think: true };
}

/** The host's own fields win; those of `options` are joined. */
function withOptions(body: JsonObject, { providerOptions }: ModelRequest): JsonObject {
  const own = providerOptions?.[PROVIDER];
  if (!own) return body;
  const { options: before } = body;
  const { options: after } = own;
  const joined = isJsonObject(before) && isJsonObject(after) ? { options: { ...before, ...after } } : {};
  return { ...body, ...own, ...joined };
}
