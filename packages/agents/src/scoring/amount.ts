import type { NumberRange } from "@salesagent/ports";
import type { AmountUnit } from "../profile/field-path.js";

/** `1,200`, `51-200`, `51 – 200`, `500+`, with spaces around. */
const WRITTEN_AMOUNT = /^\s*([\d,]+(?:\.\d+)?)\s*(?:(\+)|[-–]\s*([\d,]+(?:\.\d+)?))?\s*$/;

const toNumber = (digits: string): number => Number(digits.replaceAll(",", ""));

function fromText(text: string): NumberRange | undefined {
  const found = WRITTEN_AMOUNT.exec(text);
  if (found?.[1] === undefined) return undefined;
  const min = toNumber(found[1]);
  if (found[2] !== undefined) return checked({ min });
  return checked({ min, max: found[3] === undefined ? min : toNumber(found[3]) });
}

function checked(range: NumberRange): NumberRange | undefined {
  const { min, max } = range;
  if (!Number.isFinite(min)) return undefined;
  if (max === undefined) return min > 0 ? range : undefined;
  return Number.isFinite(max) && max >= min ? range : undefined;
}

/**
 * Reads an amount: a number, a {@link NumberRange}, or (from a custom column) its usual spellings. Undefined for
 * anything else, and for `0 or more`, which says nothing.
 */
export function toAmount(value: unknown): NumberRange | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? { min: value, max: value } : undefined;
  if (typeof value === "string") return fromText(value);
  if (typeof value !== "object" || value === null || !("min" in value)) return undefined;
  const { min, max } = value as { readonly min: unknown; readonly max?: unknown };
  if (typeof min !== "number") return undefined;
  if (max === undefined) return checked({ min });
  return typeof max === "number" ? checked({ min, max }) : undefined;
}

function grouped(amount: number): string {
  if (amount < 1000 && amount > -1000) return String(amount);
  const [whole = "", fraction] = String(amount).split(".");
  let written = "";
  for (let end = whole.length; end > 0; end -= 3) {
    const part = whole.slice(Math.max(0, end - 3), end);
    written = written === "" || part === "-" ? part + written : `${part},${written}`;
  }
  return fraction === undefined ? written : `${written}.${fraction}`;
}

const SCALES = [
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
] as const;

function dollars(amount: number): string {
  for (const [size, letter] of SCALES) {
    if (amount >= size) return `$${Math.round((amount / size) * 10) / 10}${letter}`;
  }
  return `$${amount}`;
}

/** One amount as people write it: `12,000`, `$1.5M`, `2014`. */
export function writeAmount(amount: number, unit: AmountUnit): string {
  if (unit === "usd") return dollars(amount);
  return unit === "year" ? String(amount) : grouped(amount);
}

/** An amount or a range with its unit: `51–200 people`, `$10M or more`, `founded 2014`. */
export function writeRange({ min, max }: NumberRange, unit: AmountUnit): string {
  const low = writeAmount(min, unit);
  const text = max === undefined ? `${low} or more` : max === min ? low : `${low}–${writeAmount(max, unit)}`;
  if (unit === "people") return min === 1 && max === 1 ? "1 person" : `${text} people`;
  return unit === "year" ? `founded ${text}` : text;
}
