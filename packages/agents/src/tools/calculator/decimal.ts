import { bitLength, type Rational, rational } from "./rational.js";

/** The most decimals that an exact result is written with. */
const MAX_DECIMALS = 40;
/** How many digits of an endless fraction are told. */
const TOLD_DIGITS = 20;
/** Of powers of ten. */
const MAX_EXPONENT = 1_000;

/**
 * Reads a decimal such as `1_000.5` or `2e-3`, exactly.
 *
 * @throws RangeError when its exponent is out of bounds.
 */
export function parseDecimal(text: string): Rational {
  const [digits = "", power = "0"] = text.replaceAll("_", "").toLowerCase().split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT) throw new RangeError("A number is too large");
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = BigInt(whole + fraction);
  return exponent < 0 ? rational(value, scale) : rational(value * scale);
}

/** A number as text, and whether the text is all of it. */
export interface WrittenNumber {
  readonly text: string;
  readonly exact: boolean;
}

/** Writes a number as a decimal: whole where it ends, else its first {@link TOLD_DIGITS} digits. */
export function writeDecimal(value: Rational): WrittenNumber {
  const decimals = decimalsOf(value.denominator);
  if (decimals !== undefined && decimals <= MAX_DECIMALS)
    return { text: fixed(value, decimals), exact: true };
  // 1/3 has no digit before the point, 1/3000 has three zeros after it
  const magnitude = Math.round((bitLength(value.numerator) - bitLength(value.denominator)) * Math.log10(2));
  const kept = Math.max(0, TOLD_DIGITS - magnitude);
  return { text: trimZeros(fixed(value, kept)), exact: false };
}

/** How many decimals a fraction with this denominator has; nothing when it never ends. */
function decimalsOf(denominator: bigint): number | undefined {
  let rest = denominator;
  let [twos, fives] = [0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : undefined;
}

/** A half goes away from zero. */
function fixed({ numerator, denominator }: Rational, decimals: number): string {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const scaled = (2n * magnitude * 10n ** BigInt(decimals) + denominator) / (2n * denominator);
  const digits = scaled.toString().padStart(decimals + 1, "0");
  const sign = numerator < 0n && scaled !== 0n ? "-" : "";
  const whole = digits.slice(0, digits.length - decimals);
  return sign + (decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`);
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** The nearest double, or infinity; for functions that have no exact answer. */
export function toDouble({ numerator, denominator }: Rational): number {
  // doubles hold 1,023 bits: what is longer loses digits that it could not keep anyway
  const excess = BigInt(Math.max(0, bitLength(numerator) - 1_000, bitLength(denominator) - 1_000));
  return Number(numerator >> excess) / Number(denominator >> excess);
}

/**
 * A double as the decimal that it is written as.
 *
 * @throws RangeError when it is not finite.
 */
export function fromDouble(value: number): Rational {
  if (!Number.isFinite(value)) throw new RangeError("There is no real number for this");
  const magnitude = parseDecimal(Math.abs(value).toString());
  return value < 0 ? { ...magnitude, numerator: -magnitude.numerator } : magnitude;
}
