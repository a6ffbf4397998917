import type { CrmDoubleFault, CrmDoubleFaults } from "./crm-double-options.js";

/** Faults that chance may bring. */
type RandomFaultType = Exclude<CrmDoubleFault["type"], "silent" | "throw" | "field-invalid">;

/** How often a call goes wrong in each way, 0–1; together at most 1. */
export type CrmFaultRates = { readonly [Type in RandomFaultType]?: number };

/**
 * Faults by chance, the same ones for the same generator.
 *
 * @param random - Such as a generator with a seed: numbers from 0 up to 1.
 * @param rates - Such as `{ "response-lost": 0.1, "rate-limited": 0.05 }`.
 */
export function randomCrmFaults(random: () => number, rates: CrmFaultRates): CrmDoubleFaults {
  const entries = Object.entries(rates) as readonly (readonly [RandomFaultType, number])[];
  const sum = entries.reduce((total, [, rate]) => total + rate, 0);
  if (!(sum <= 1)) throw new RangeError(`rates come to at most 1 together, got ${sum}`);
  return () => {
    let left = random();
    for (const [type, rate] of entries) {
      left -= rate;
      if (left < 0) return { type };
    }
    return undefined;
  };
}
