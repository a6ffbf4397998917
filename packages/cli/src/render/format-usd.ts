/** A sum for people: small ones with the digits that tell them apart. */
export function formatUsd(usd: number): string {
  return usd === 0 ? "$0" : `$${usd.toFixed(usd < 0.01 ? 6 : 4)}`;
}
