import { fromDouble, toDouble } from "./decimal.js";
import { bitLength, MAX_BITS, type Rational, rational } from "./rational.js";

/** A value, and whether it is the true one or a double's approximation of it. */
export interface Quantity {
  readonly value: Rational;
  readonly exact: boolean;
}

/**
 * A power: exact for a whole exponent, else as exact as a double is.
 *
 * @throws RangeError when it is too large, or not a real number.
 */
export function power(base: Quantity, exponent: Quantity): Quantity {
  const exact = base.exact && exponent.exact;
  if (exponent.value.denominator !== 1n) {
    return { value: fromDouble(toDouble(base.value) ** toDouble(exponent.value)), exact: false };
  }
  return { value: wholePower(base.value, exponent.value.numerator), exact };
}

function wholePower({ numerator, denominator }: Rational, exponent: bigint): Rational {
  const times = exponent < 0n ? -exponent : exponent;
  if (exponent < 0n && numerator === 0n) throw new RangeError("Division by zero");
  const bits = BigInt(Math.max(bitLength(numerator), bitLength(denominator)) - 4);
  // checked before it is computed: 9^9^9 would fill the memory
  if (
    bits * times > BigInt(MAX_BITS) ||
    (bits === 0n && times > BigInt(MAX_BITS) && !isUnit(numerator, denominator))
  ) {
    throw new RangeError("A number is too large");
  }
  const odd = isUnit(numerator, denominator) ? times % 2n : times;
  const raised = [numerator ** odd, denominator ** odd] as const;
  return exponent < 0n ? rational(raised[1], raised[0]) : rational(raised[0], raised[1]);
}

/** 1, -1 and 0 stay small whatever their exponent. */
function isUnit(numerator: bigint, denominator: bigint): boolean {
  return denominator === 1n && numerator >= -1n && numerator <= 1n;
}

/** A square root: exact where there is one, else as exact as a double is. */
export function squareRoot({ value, exact }: Quantity): Quantity {
  if (value.numerator < 0n) throw new RangeError("sqrt takes no number below 0");
  const root = toDouble(value) ** 0.5;
  if (Number.isSafeInteger(root) && value.denominator === 1n && BigInt(root) ** 2n === value.numerator) {
    return { value: rational(BigInt(root)), exact };
  }
  return { value: fromDouble(root), exact: false };
}
