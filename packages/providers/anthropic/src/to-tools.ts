import type { JsonObject, JsonValue, ModelRequest, ToolSpec } from "@salesagent/ports";
import { isJsonObject, type Warn } from "@salesagent/provider-kit";
import { toOutputSchema } from "./output-schema.js";

/**
 * The fields of a request that tell of tools.
 *
 * @param outputTool - The tool whose arguments are the answer; some call is forced then.
 */
export function toToolFields(
  request: ModelRequest,
  outputTool: ToolSpec | undefined,
  warn: Warn,
): JsonObject {
  const tools = [...(request.tools ?? []), ...(outputTool ? [outputTool] : [])];
  if (tools.length === 0) return {};
  const single = request.parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  const choice = toToolChoice(request, outputTool);
  const choiceFields =
    choice || request.parallelToolCalls === false
      ? { tool_choice: { ...(choice ?? { type: "auto" }), ...(choice?.["type"] === "none" ? {} : single) } }
      : {};
  return { tools: tools.map((tool) => toTool(tool, warn)), ...choiceFields };
}

function toToolChoice(
  { toolChoice, tools }: ModelRequest,
  outputTool: ToolSpec | undefined,
): JsonObject | undefined {
  if (typeof toolChoice === "object") return { type: "tool", name: toolChoice.tool };
  if (outputTool) {
    // The answer is a call too, so one of the calls is forced; which one stays open where there are others.
    const alone = toolChoice === "none" || !tools || tools.length === 0;
    return alone ? { type: "tool", name: outputTool.name } : { type: "any" };
  }
  if (toolChoice === "required") return { type: "any" };
  return toolChoice === undefined ? undefined : { type: toolChoice };
}

/** True when the model must call some tool. */
export function isForced(choice: JsonValue | undefined): boolean {
  return isJsonObject(choice) && (choice["type"] === "any" || choice["type"] === "tool");
}

function toTool({ name, description, inputSchema, strict }: ToolSpec, warn: Warn): JsonObject {
  const schema = strict ? toOutputSchema(inputSchema) : undefined;
  if (strict && !schema) {
    warn({ field: "tools", message: `The schema of "${name}" can't be held strictly; it was sent without.` });
  }
  return { name, description, input_schema: schema ?? inputSchema, ...(schema ? { strict: true } : {}) };
}
