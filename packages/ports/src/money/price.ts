import type { ModelPrice, TokenPrice } from "../model/model-profile.js";
import type { Usage } from "../model/usage.js";
import { toNanoUsd } from "./nano-usd.js";

/**
 * What a call costs by a price list, in whole nano-dollars (billionths of a USD), rounded up.
 *
 * @param startMs - When the call began, for prices that depend on the day or the hour; milliseconds since the epoch.
 * @returns Nothing when the usage does not say how many tokens were used.
 */
export function priceNanoUsd(price: ModelPrice, usage: Usage, startMs: number): number | undefined {
  if (usage.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const rate = rateOf(price, usage.inputTokens, startMs);
  const cached = usage.cachedInputTokens ?? 0;
  const writtenLong = usage.cacheWriteLongTokens ?? 0;
  const written = Math.max(0, (usage.cacheWriteTokens ?? 0) - writtenLong);
  const heard = usage.audioInputTokens ?? 0;
  const spoken = usage.audioOutputTokens ?? 0;
  const plain = Math.max(0, usage.inputTokens - cached - written - writtenLong - heard);
  // USD per million tokens is 1,000 nano-dollars a token.
  const tokens =
    plain * rate.input +
    cached * (rate.cachedInput ?? rate.input) +
    written * (rate.cacheWrite ?? rate.input) +
    writtenLong * (rate.cacheWriteLong ?? rate.cacheWrite ?? rate.input) +
    heard * (rate.audioInput ?? rate.input) +
    Math.max(0, usage.outputTokens - spoken) * rate.output +
    spoken * (rate.audioOutput ?? rate.output);
  // The products carry binary fractions; a thousandth of a nano-dollar is noise, not cost.
  return Math.ceil(Number((tokens * 1000).toFixed(3))) + toNanoUsd(price.perRequest ?? 0);
}

function rateOf(price: ModelPrice, inputTokens: number, startMs: number): TokenPrice {
  const dated = datedRate(price, startMs);
  if (dated.change) return dated.change;
  let rate: TokenPrice = dated.window ?? price;
  let threshold = -1;
  for (const tier of price.tiers ?? []) {
    if (inputTokens > tier.aboveInputTokens && tier.aboveInputTokens > threshold) {
      threshold = tier.aboveInputTokens;
      rate = tier;
    }
  }
  return rate;
}

/** The rates that hold on a day and at an hour, where the price has such. */
function datedRate(
  { changes, windows }: ModelPrice,
  startMs: number,
): { readonly change?: TokenPrice | undefined; readonly window?: TokenPrice | undefined } {
  if (!changes && !windows) return {};
  const date = new Date(startMs);
  const today = date.toISOString().slice(0, 10);
  const day = date.getUTCDay();
  const hour = date.getUTCHours();
  let change: NonNullable<ModelPrice["changes"]>[number] | undefined;
  for (const entry of changes ?? []) {
    if (entry.from <= today && entry.from > (change?.from ?? "")) change = entry;
  }
  const window = windows?.find(
    (entry) => entry.days.includes(day) && hour >= entry.fromHour && hour < entry.untilHour,
  );
  return { change, window };
}
