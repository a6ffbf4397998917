import type { NumberRange } from "@salesagent/ports";
import { parseAmount } from "./amount.js";

const DOLLAR = /us\$|\$|\busd\b|\bus dollars?\b|\bdollars?\b/gi;
const PER_YEAR = /(?:\/|\bper\b|\ba\b|\bp\.?\s?)\s*(?:year|annum|yr|a)\.?$|\b(?:arr|annually)\b/gi;
const RANGE = /^(.+?)\s*(?:-|–|—|−|\bto\b)\s*(.+)$/i;

/**
 * A sum in US dollars: `1200000`, `$1.2M`, `USD 3 million`, `1,200,000`. A sum in another currency is unreadable, not
 * converted.
 *
 * @returns USD ≥ 0, or undefined when unreadable.
 */
export function normaliseUsd(text: string): number | undefined {
  return parseAmount(text.replace(DOLLAR, "").trim());
}

/**
 * A sum or range of sums in US dollars a year: `$1M-$10M`, `$1M to $10M`, `10M+`, `Less than $1M`, `1-10 million`.
 *
 * @returns Undefined when unreadable, or in another currency.
 */
export function normaliseUsdRange(text: string): NumberRange | undefined {
  const bare = text.replace(PER_YEAR, "").replace(DOLLAR, "").trim();
  const atLeast =
    /^(?:>=?|≥|over|more than)\s*(.+)$/i.exec(bare) ?? /^(.+?)\s*(?:\+|or more|and above)$/i.exec(bare);
  if (atLeast?.[1] !== undefined) {
    const min = parseAmount(atLeast[1]);
    return min === undefined ? undefined : { min };
  }
  const atMost = /^(?:<=?|≤|under|less than|up to)\s*(.+)$/i.exec(bare);
  if (atMost?.[1] !== undefined) {
    const max = parseAmount(atMost[1]);
    return max === undefined ? undefined : { min: 0, max };
  }
  const pair = RANGE.exec(bare);
  if (pair?.[1] !== undefined && pair[2] !== undefined) return pairOf(pair[1], pair[2]);
  const sum = parseAmount(bare);
  return sum === undefined ? undefined : { min: sum, max: sum };
}

/** `1-10 million` means millions on both sides. */
function pairOf(low: string, high: string): NumberRange | undefined {
  const unit = /[a-z]+\.?$/i.exec(high.trim())?.[0] ?? "";
  const min = parseAmount(/[a-z]\.?$/i.test(low) ? low : `${low}${unit}`) ?? parseAmount(low);
  const max = parseAmount(high);
  if (min === undefined || max === undefined) return undefined;
  return min <= max ? { min, max } : { min: max, max: min };
}
