/** How the values of one histogram are counted. */
export interface HistogramOptions {
  readonly unit: string;
  readonly advice: { readonly explicitBucketBoundaries: number[] };
}

const FINEST_COST_USD = 0.000_001;

const TOKENS = histogram("{token}", (power) => 4 ** power);
const SECONDS = histogram("s", (power) => 0.01 * 2 ** power);
const USD = histogram("{usd}", (power) => FINEST_COST_USD * 4 ** power);

/**
 * Unit and boundaries of a histogram by its name: those of the GenAI conventions for tokens and seconds; from a millionth of a
 * dollar to 67 dollars for costs.
 */
export function histogramOptions(name: string): HistogramOptions {
  if (name.endsWith("token.usage")) return TOKENS;
  return name.endsWith(".cost") ? USD : SECONDS;
}

/** Fourteen boundaries, as the conventions have them. */
function histogram(unit: string, boundary: (power: number) => number): HistogramOptions {
  const explicitBucketBoundaries = Array.from({ length: 14 }, (_, power) =>
    Number(boundary(power).toPrecision(8)),
  );
  return { unit, advice: { explicitBucketBoundaries } };
}
