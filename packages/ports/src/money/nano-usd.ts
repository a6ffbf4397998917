const NANO = 1e9;

/** USD as whole nano-dollars (billionths), in which sums are exact up to nine million USD. */
export function toNanoUsd(usd: number): number {
  return Math.round(usd * NANO);
}

/** Nano-dollars as USD. */
export function fromNanoUsd(nanoUsd: number): number {
  return nanoUsd / NANO;
}
