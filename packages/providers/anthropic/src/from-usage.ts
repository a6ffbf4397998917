import type { Usage } from "@salesagent/ports";
import type { WireUsage } from "./messages-wire.js";

/** USD for one web search, on top of its tokens. */
const WEB_SEARCH_USD = 0.01;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes every count that is told over the one before: counts in a stream are cumulative, and the last one wins. */
export function mergeUsage(before: WireUsage, told: WireUsage): WireUsage {
  const merged: Mutable<WireUsage> = { ...before };
  for (const [field, value] of Object.entries(told)) {
    if (value !== null && value !== undefined) Object.assign(merged, { [field]: value });
  }
  return merged;
}

/** Usage in normal form: this vendor's `input_tokens` leaves out what the cache read and wrote. */
export function fromUsage(wire: WireUsage): Usage {
  const { iterations } = wire;
  // The totals leave out some runs, such as those that compact the context; the entries hold them all.
  if (iterations && iterations.length > 0) return iterations.map(fromUsage).reduce(addUsage);
  const cached = wire.cache_read_input_tokens ?? undefined;
  const written = wire.cache_creation_input_tokens ?? undefined;
  const writtenLong = wire.cache_creation?.ephemeral_1h_input_tokens ?? undefined;
  const plain = wire.input_tokens ?? undefined;
  const output = wire.output_tokens ?? undefined;
  const reasoning = wire.output_tokens_details?.thinking_tokens ?? undefined;
  return {
    ...(plain === undefined ? {} : { inputTokens: plain + (cached ?? 0) + (written ?? 0) }),
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(writtenLong === undefined ? {} : { cacheWriteLongTokens: writtenLong }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, output ?? reasoning) }),
  };
}

/** The sum of two usages; a count that either tells is told. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Mutable<Usage> = { ...a };
  for (const key of Object.keys(b) as (keyof Usage)[]) sum[key] = (a[key] ?? 0) + (b[key] ?? 0);
  return sum;
}

/** What the vendor's own tools cost beside tokens, in USD. */
export function feesUsd(wire: WireUsage): number {
  return (wire.server_tool_use?.web_search_requests ?? 0) * WEB_SEARCH_USD;
}
