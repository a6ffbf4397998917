import type { Usage } from "@salesagent/ports";
import type { WireUsage } from "./gemini-wire.js";

/** Usage in normal form: this vendor counts thoughts apart from the answer, and what tools put into the prompt apart from it. */
export function fromUsage(wire: WireUsage): Usage {
  const { promptTokenCount: prompt, cachedContentTokenCount: cached, thoughtsTokenCount: thoughts } = wire;
  if (prompt === undefined) return {};
  const input = prompt + (wire.toolUsePromptTokenCount ?? 0);
  const told = (wire.candidatesTokenCount ?? 0) + (thoughts ?? 0);
  // What the total holds beyond its parts is billed as output.
  const output = Math.max(told, (wire.totalTokenCount ?? 0) - input);
  return {
    inputTokens: input,
    ...(cached === undefined ? {} : { cachedInputTokens: Math.min(cached, input) }),
    outputTokens: output,
    ...(thoughts === undefined ? {} : { reasoningTokens: thoughts }),
  };
}
