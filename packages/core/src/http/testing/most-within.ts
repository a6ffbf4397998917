/** The most calls in any span of this length. */
export function mostWithin(atMs: readonly number[], windowMs: number): number {
  const sorted = [...atMs].sort((left, right) => left - right);
  return Math.max(
    0,
    ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + windowMs).length),
  );
}
