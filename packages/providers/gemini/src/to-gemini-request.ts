import type {
  JsonObject,
  JsonSchema,
  JsonValue,
  ModelProfile,
  ModelRequest,
  ReasoningEffort,
} from "@salesagent/ports";
import {
  isJsonObject,
  mapSchema,
  nearestEffort,
  type Warn,
  withSchemaPrompt,
} from "@salesagent/provider-kit";
import { PROVIDER } from "./function-calls.js";
import { type Generation, generationOf } from "./gemini-models.js";
import { toContents, toSystemInstruction } from "./to-contents.js";

/** Tokens to think with, for models that are told a number. */
const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  max: 24_576,
};

/** Fields of the host's that join ours; the others take their place. */
const JOINED = ["generationConfig", "toolConfig"];

/** Maps a request to a body of this format. Pure. */
export function toGeminiRequest(
  request: ModelRequest,
  { modelId, profile }: { readonly modelId: string; readonly profile: ModelProfile },
  warn: Warn,
): JsonObject {
  const generation = generationOf(modelId);
  const spoken = withSpokenSchema(request, profile, generation, warn);
  const system = toSystemInstruction(spoken.messages);
  const config = {
    ...samplingFields(spoken, profile, warn),
    ...(spoken.maxOutputTokens === undefined ? {} : { maxOutputTokens: spoken.maxOutputTokens }),
    ...(spoken.stop === undefined ? {} : { stopSequences: spoken.stop }),
    ...(spoken.seed === undefined ? {} : { seed: spoken.seed }),
    ...outputFields(spoken),
    ...thinkingFields(spoken, profile, generation, warn),
  };
  return withOptions(
    {
      ...(system === undefined ? {} : { systemInstruction: system }),
      contents: toContents(spoken.messages, generation.signedCalls),
      ...toolFields(spoken, warn),
      ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
    },
    spoken,
  );
}

/** Where the vendor can't hold the answer to a schema, the schema is told in the prompt. */
function withSpokenSchema(
  request: ModelRequest,
  profile: ModelProfile,
  generation: Generation,
  warn: Warn,
): ModelRequest {
  const { output, ...rest } = request;
  if (!output) return request;
  const beside = hasTools(request) && !generation.toolsWithSchema;
  if (profile.abilities.structuredOutput === "schema" && !beside) return request;
  const why = beside ? "takes no schema together with tools" : "holds no answer to a schema";
  warn({ field: "output", message: `This model ${why}; the schema stands in the prompt alone.` });
  return withSchemaPrompt(rest, output);
}

function hasTools({ tools }: ModelRequest): boolean {
  return tools !== undefined && tools.length > 0;
}

function toolFields(request: ModelRequest, warn: Warn): JsonObject {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return {};
  if (parallelToolCalls === false) {
    warn({ field: "parallelToolCalls", message: "This vendor can't be kept to one call; it was left out." });
  }
  const declarations = tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    parametersJsonSchema: toGeminiSchema(inputSchema),
  }));
  const strict = tools.some((tool) => tool.strict === true);
  const calling = toCallingConfig(toolChoice, strict);
  return {
    tools: [{ functionDeclarations: declarations }],
    ...(calling === undefined ? {} : { toolConfig: { functionCallingConfig: calling } }),
  };
}

function toCallingConfig(choice: ModelRequest["toolChoice"], strict: boolean): JsonObject | undefined {
  if (typeof choice === "object") return { mode: "ANY", allowedFunctionNames: [choice.tool] };
  if (choice === "none") return { mode: "NONE" };
  if (choice === "required") return { mode: "ANY" };
  if (strict) return { mode: "VALIDATED" };
  return choice === undefined ? undefined : { mode: "AUTO" };
}

function outputFields({ output }: ModelRequest): JsonObject {
  if (!output) return {};
  return { responseMimeType: "application/json", responseJsonSchema: toGeminiSchema(output.schema) };
}

/** The vendor's subset has no `const`, and takes no dialect. */
function toGeminiSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, ({ $schema: _, const: only, ...rest }) => ({
    ...rest,
    ...(only === undefined ? {} : { enum: [only] }),
  }));
}

function samplingFields({ temperature, topP }: ModelRequest, profile: ModelProfile, warn: Warn): JsonObject {
  const fields = { temperature, topP };
  const kept: Record<string, JsonValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (profile.abilities.sampling) kept[field] = value;
    else warn({ field, message: `\`${field}\` is not taken by this model; it was left out.` });
  }
  return kept;
}

function thinkingFields(
  { reasoning }: ModelRequest,
  profile: ModelProfile,
  { thinking, efforts }: Generation,
  warn: Warn,
): JsonObject {
  if (!reasoning) return {};
  if (!profile.abilities.reasoning) {
    warn({ field: "reasoning", message: "This model does not reason; the effort was left out." });
    return {};
  }
  const effort = nearestEffort(reasoning.effort, efforts, warn);
  const amount =
    thinking === "budget" ? { thinkingBudget: BUDGETS[effort] } : { thinkingLevel: effort.toUpperCase() };
  return { thinkingConfig: { ...amount, ...(effort === "none" ? {} : { includeThoughts: true }) } };
}

function withOptions(body: JsonObject, { providerOptions }: ModelRequest): JsonObject {
  const own = providerOptions?.[PROVIDER];
  if (!own) return body;
  const joined: Record<string, JsonValue> = { ...body, ...own };
  for (const key of JOINED) {
    const before = body[key];
    const after = own[key];
    if (isJsonObject(before) && isJsonObject(after)) joined[key] = { ...before, ...after };
  }
  const { tools } = body;
  if (Array.isArray(tools) && Array.isArray(own["tools"])) joined["tools"] = [...tools, ...own["tools"]];
  return joined;
}
