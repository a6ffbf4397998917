import type { JsonObject, ModelProfile, ModelRequest, ToolSpec } from "@salesagent/ports";
import { isJsonObject, type Warn } from "@salesagent/provider-kit";
import { cacheMarks } from "./cache-marks.js";
import { thinkingStyle } from "./claude-models.js";
import { PROVIDER } from "./messages-answer.js";
import { toOutputSchema } from "./output-schema.js";
import { toMessages, toSystem } from "./to-messages.js";
import { toThinking } from "./to-thinking.js";
import { isForced, toToolFields } from "./to-tools.js";

/** The vendor demands a limit; without the caller's this one is sent, or the model's own where that is lower. */
const DEFAULT_MAX_TOKENS = 32_000;

const SAMPLING = [
  ["temperature", "temperature"],
  ["topP", "top_p"],
] as const;

/** A body, and what its answer must be read with. */
export interface MessagesRequest {
  readonly body: JsonObject;
  /** Name of the forced tool whose arguments are the answer. */
  readonly outputTool: string | undefined;
}

/** For whom and how a request is mapped. */
export interface RequestTarget {
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly streamed: boolean;
}

/** Maps a request to the body of a message. Pure. */
export function toMessagesRequest(request: ModelRequest, target: RequestTarget, warn: Warn): MessagesRequest {
  const { modelId, profile, streamed } = target;
  const maxTokens =
    request.maxOutputTokens ?? Math.min(DEFAULT_MAX_TOKENS, profile.maxOutputTokens ?? DEFAULT_MAX_TOKENS);
  const output = toOutput(request, profile, warn);
  const toolFields = toToolFields(request, output.tool, warn);
  const circumstances = {
    profile,
    style: thinkingStyle(modelId),
    maxTokens,
    forced: isForced(toolFields["tool_choice"]),
  };
  const { thinking, effort } = toThinking(request.reasoning?.effort, circumstances, warn);
  const body: JsonObject = {
    model: modelId,
    max_tokens: maxTokens,
    ...promptFields(request, modelId, warn),
    ...(streamed ? { stream: true } : {}),
    ...toolFields,
    ...(thinking === undefined ? {} : { thinking }),
    ...outputConfig(effort, output.format),
    ...samplingFields(request, profile, thinking, warn),
    ...(request.stop === undefined ? {} : { stop_sequences: request.stop }),
  };
  return { body: withOptions(body, request), outputTool: output.tool?.name };
}

function promptFields({ messages }: ModelRequest, modelId: string, warn: Warn): JsonObject {
  const marks = cacheMarks(messages, warn);
  const system = toSystem(messages, marks);
  return { ...(system.length > 0 ? { system } : {}), messages: toMessages(messages, marks, modelId) };
}

function outputConfig(effort: string | undefined, format: JsonObject | undefined): JsonObject {
  if (effort === undefined && format === undefined) return {};
  return {
    output_config: {
      ...(effort === undefined ? {} : { effort }),
      ...(format === undefined ? {} : { format }),
    },
  };
}

interface OutputFields {
  readonly format?: JsonObject;
  readonly tool?: ToolSpec;
}

function toOutput({ output }: ModelRequest, profile: ModelProfile, warn: Warn): OutputFields {
  if (!output) return {};
  const enforced = profile.abilities.structuredOutput === "schema";
  const schema = enforced ? toOutputSchema(output.schema) : undefined;
  if (schema) return { format: { type: "json_schema", schema } };
  warn({
    field: "output",
    message: `${enforced ? "This schema has a part that the vendor can't hold an answer to" : "This model holds no answer to a schema"}; a tool of its shape is forced in its place.`,
  });
  return {
    tool: {
      name: output.name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64),
      description: "Gives the final answer.",
      inputSchema: output.schema,
    },
  };
}

function samplingFields(
  request: ModelRequest,
  profile: ModelProfile,
  thinking: JsonObject | undefined,
  warn: Warn,
): JsonObject {
  const thinks = thinking !== undefined && thinking["type"] !== "disabled";
  const fields: Record<string, number> = {};
  for (const [field, name] of SAMPLING) {
    const value = request[field];
    if (value === undefined) continue;
    if (profile.abilities.sampling && !thinks) fields[name] = value;
    else {
      const where = thinks ? "together with thinking" : "by this model and version of the API";
      warn({ field, message: `\`${field}\` is not taken ${where}; it was left out.` });
    }
  }
  if (request.seed !== undefined) {
    warn({ field: "seed", message: "This vendor takes no seed; it was left out." });
  }
  return fields;
}

/** The host's own fields win; those of `output_config` are joined. */
function withOptions(body: JsonObject, { providerOptions }: ModelRequest): JsonObject {
  const own = providerOptions?.[PROVIDER];
  if (!own) return body;
  const { output_config: before } = body;
  const { output_config: after } = own;
  const joined =
    isJsonObject(before) && isJsonObject(after) ? { output_config: { ...before, ...after } } : {};
  const tools =
    Array.isArray(own["tools"]) && Array.isArray(body["tools"])
      ? { tools: [...body["tools"], ...own["tools"]] }
      : {};
  return { ...body, ...own, ...joined, ...tools };
}
