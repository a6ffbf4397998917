/** An exact number: a fraction in lowest terms, its denominator > 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** How many bits a numerator or a denominator may have: some 1,200 decimal digits. */
export const MAX_BITS = 4_096;

/** How many bits a number has, without its sign. */
export function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @throws RangeError when the denominator is 0 or the number passes {@link MAX_BITS}. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError("Division by zero");
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator * sign);
  const value = { numerator: (numerator * sign) / divisor, denominator: (denominator * sign) / divisor };
  if (bitLength(value.numerator) > MAX_BITS || bitLength(value.denominator) > MAX_BITS) {
    throw new RangeError("A number is too large");
  }
  return value;
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** @throws RangeError when the divisor is 0. */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** What is left of a division that is cut towards zero; its sign is the dividend's, as of `%` in JavaScript. */
export function remainder(a: Rational, b: Rational): Rational {
  return add(a, negate(multiply(truncate(divide(a, b)), b)));
}

/** Below 0 when a < b, 0 when they are equal, above 0 when a > b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Cuts the fraction off. */
export function truncate({ numerator, denominator }: Rational): Rational {
  return rational(numerator / denominator);
}

export function floor(value: Rational): Rational {
  const whole = truncate(value);
  return compare(whole, value) > 0 ? add(whole, rational(-1n)) : whole;
}

/**
 * Rounds to a number of decimals; a half goes away from zero, as in commerce.
 *
 * @param decimals - Whole; below 0 it rounds to tens, hundreds and so on.
 */
export function round(value: Rational, decimals: number): Rational {
  const scale = rational(10n ** BigInt(Math.abs(decimals)));
  const scaled = decimals < 0 ? divide(value, scale) : multiply(value, scale);
  const half = rational(scaled.numerator < 0n ? -1n : 1n, 2n);
  const whole = truncate(add(scaled, half));
  return decimals < 0 ? multiply(whole, scale) : divide(whole, scale);
}
