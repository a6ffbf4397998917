import type { Usage } from "@salesagent/ports";
import type { WireUsage } from "./chat-wire.js";

/**
 * Usage in normal form. Where the total passes the sum of its parts, the rest is reasoning that the vendor left out of
 * `completion_tokens` but bills as output (xAI, Gemini).
 */
export function fromUsage(wire: WireUsage): Usage {
  const input = wire.prompt_tokens ?? undefined;
  const told = wire.completion_tokens ?? undefined;
  const untold =
    input === undefined || told === undefined ? 0 : Math.max(0, (wire.total_tokens ?? 0) - input - told);
  const output = told === undefined ? undefined : told + untold;
  const reasoning = wire.completion_tokens_details?.reasoning_tokens ?? (untold > 0 ? untold : undefined);
  const cached = wire.prompt_tokens_details?.cached_tokens ?? wire.prompt_cache_hit_tokens ?? undefined;
  const written = wire.prompt_tokens_details?.cache_write_tokens ?? undefined;
  return {
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(cached === undefined ? {} : { cachedInputTokens: Math.min(cached, input ?? cached) }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, output ?? reasoning) }),
  };
}

/** What the call cost, where the vendor says: OpenRouter's charge, and with a key of one's own the upstream's as well. */
export function toldCostUsd({ cost, is_byok: ownKey, cost_details: details }: WireUsage): number | undefined {
  if (typeof cost !== "number") return undefined;
  const upstream = ownKey === true ? (details?.upstream_inference_cost ?? 0) : 0;
  return cost + upstream;
}
