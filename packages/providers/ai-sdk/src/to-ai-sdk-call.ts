import type { ModelCallOptions, ModelRequest, ReasoningEffort } from "@salesagent/ports";
import { nearestEffort, type Warn } from "@salesagent/provider-kit";
import type { AiSdkCallOptions, SpecificationVersion } from "./ai-sdk-model.js";
import { toAiSdkPrompt } from "./to-ai-sdk-prompt.js";

/** Maps a request to the call options of a version of the specification. */
export function toAiSdkCall(
  request: ModelRequest,
  call: ModelCallOptions,
  version: SpecificationVersion,
  warn: Warn,
): AiSdkCallOptions {
  warnOfLosses(request, warn);
  const { maxOutputTokens, temperature, topP, seed, stop, output, providerOptions } = request;
  return {
    prompt: toAiSdkPrompt(request.messages, version),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stopSequences: stop }),
    ...(output === undefined
      ? {}
      : { responseFormat: { type: "json", schema: output.schema, name: output.name } }),
    ...toTools(request, version),
    ...toReasoning(request.reasoning?.effort, version, warn),
    ...(call.headers === undefined ? {} : { headers: call.headers }),
    ...(providerOptions === undefined ? {} : { providerOptions }),
  };
}

function toTools(
  { tools, toolChoice }: ModelRequest,
  version: SpecificationVersion,
): Pick<AiSdkCallOptions, "tools" | "toolChoice"> {
  if (!tools || tools.length === 0) return {};
  const choice =
    typeof toolChoice === "object" ? ({ type: "tool", toolName: toolChoice.tool } as const) : toolChoice;
  return {
    tools: tools.map(({ name, description, inputSchema, strict }) => ({
      type: "function",
      name,
      description,
      inputSchema,
      ...(strict === undefined || version === "v2" ? {} : { strict }),
    })),
    ...(choice === undefined ? {} : { toolChoice: typeof choice === "string" ? { type: choice } : choice }),
  };
}

const EFFORTS = ["none", "minimal", "low", "medium", "high", "max"] as const;

function toReasoning(
  effort: ReasoningEffort | undefined,
  version: SpecificationVersion,
  warn: Warn,
): Pick<AiSdkCallOptions, "reasoning"> {
  if (effort === undefined) return {};
  if (version === "v4") {
    const step = nearestEffort(effort, EFFORTS, warn);
    return { reasoning: step === "max" ? "xhigh" : step };
  }
  const message = `Models of the AI SDK's ${version} specification take no effort; say it in providerOptions.`;
  warn({ field: "reasoning.effort", message });
  return {};
}

/** What the specification has no field for, while the vendor's own options may. */
function warnOfLosses(request: ModelRequest, warn: Warn): void {
  const inOptions = "the AI SDK's specification has no such field; say it in providerOptions.";
  if (request.parallelToolCalls !== undefined) {
    warn({ field: "parallelToolCalls", message: `Not sent: ${inOptions}` });
  }
  if (request.cacheKey !== undefined) warn({ field: "cacheKey", message: `Not sent: ${inOptions}` });
}
