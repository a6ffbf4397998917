import { power, type Quantity, squareRoot } from "./power.js";
import { add, compare, divide, floor, negate, type Rational, rational, round, truncate } from "./rational.js";

/** A function of the calculator. */
export interface CalculatorFunction {
  readonly fewest: number;
  readonly most: number;
  /** @throws RangeError for arguments that it has no value for. */
  readonly apply: (values: readonly Quantity[]) => Quantity;
}

const MANY = Number.POSITIVE_INFINITY;

/** Lifts a function of exact numbers: what it is given approximately stays approximate. */
function of(
  fewest: number,
  most: number,
  apply: (values: readonly Rational[]) => Rational,
): CalculatorFunction {
  return {
    fewest,
    most,
    apply: (values) => ({
      value: apply(values.map(({ value }) => value)),
      exact: values.every(({ exact }) => exact),
    }),
  };
}

const ofOne = (apply: (value: Rational) => Rational) => of(1, 1, ([value = rational(0n)]) => apply(value));

const sum = (values: readonly Rational[]) => values.reduce(add, rational(0n));

const pick = (better: (order: number) => boolean) => (values: readonly Rational[]) =>
  values.reduce((best, value) => (better(compare(value, best)) ? value : best));

function roundTo([value = rational(0n), decimals = rational(0n)]: readonly Rational[]): Rational {
  const places = Number(decimals.numerator);
  if (decimals.denominator !== 1n || Math.abs(places) > 100) {
    throw new RangeError("round takes a whole number of decimals from -100 to 100");
  }
  return round(value, places);
}

const zero: Quantity = { value: rational(0n), exact: true };

/** Every function, by its name. */
export const FUNCTIONS: ReadonlyMap<string, CalculatorFunction> = new Map([
  ["abs", ofOne((value) => (value.numerator < 0n ? negate(value) : value))],
  ["avg", of(1, MANY, (values) => divide(sum(values), rational(BigInt(values.length))))],
  ["ceil", ofOne((value) => negate(floor(negate(value))))],
  ["floor", ofOne(floor)],
  [
    "max",
    of(
      1,
      MANY,
      pick((order) => order > 0),
    ),
  ],
  [
    "min",
    of(
      1,
      MANY,
      pick((order) => order < 0),
    ),
  ],
  ["pow", { fewest: 2, most: 2, apply: ([base = zero, exponent = zero]) => power(base, exponent) }],
  ["round", of(1, 2, roundTo)],
  ["sqrt", { fewest: 1, most: 1, apply: ([value = zero]) => squareRoot(value) }],
  ["sum", of(1, MANY, sum)],
  ["trunc", ofOne(truncate)],
]);
