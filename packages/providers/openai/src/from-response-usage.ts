import type { Usage } from "@salesagent/ports";
import type { WireResponseUsage } from "./responses-wire.js";

/** Usage of the responses endpoint in normal form. */
export function fromResponseUsage(wire: WireResponseUsage): Usage {
  const input = wire.input_tokens ?? undefined;
  const output = wire.output_tokens ?? undefined;
  const cached = wire.input_tokens_details?.cached_tokens ?? undefined;
  const written = wire.input_tokens_details?.cache_write_tokens ?? undefined;
  const reasoning = wire.output_tokens_details?.reasoning_tokens ?? undefined;
  return {
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(cached === undefined ? {} : { cachedInputTokens: Math.min(cached, input ?? cached) }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, output ?? reasoning) }),
  };
}
