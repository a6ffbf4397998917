import { type ModelResult, SalesAgentError } from "@salesagent/ports";
import { describeIssues } from "../model/validate.js";

/** An answer that was stopped is not an answer, however complete its text may look. */
export function refuseIncomplete(result: ModelResult): void {
  const { provider, modelId, finishReason, requestId, usage } = result;
  const facts = { provider, modelId, usage, ...(requestId === undefined ? {} : { requestId }) };
  if (finishReason === "length") {
    throw new SalesAgentError("model.output_truncated", {
      message: `${provider}/${modelId} reached its output limit before the answer was done. Raise \`maxOutputTokens\`, or ask for less.`,
      facts,
      replay: "safe",
    });
  }
  if (finishReason === "content-filter") {
    throw new SalesAgentError("model.content_filtered", {
      message: `${provider}/${modelId} refused to answer. Change the request, or ask another model.`,
      facts,
      replay: "safe",
    });
  }
}

/** Such a call can be neither checked nor sent back to any vendor. */
export function tooDeep({
  provider,
  modelId,
  usage,
}: ModelResult): SalesAgentError<"model.malformed_response"> {
  return new SalesAgentError("model.malformed_response", {
    message: `${provider}/${modelId} called a tool with arguments that are nested too deeply. Ask again, or use a stronger model.`,
    facts: { provider, modelId, usage },
    replay: "safe",
  });
}

export function invalidOutput(
  { provider, modelId, usage }: ModelResult,
  issues: readonly { path: string; message: string }[],
): SalesAgentError<"model.output_invalid"> {
  return new SalesAgentError("model.output_invalid", {
    message: `${provider}/${modelId} did not answer in the shape that was asked for: ${describeIssues(issues)}. Use a stronger model, or a simpler schema.`,
    facts: { provider, modelId, usage, issues },
    replay: "safe",
  });
}
