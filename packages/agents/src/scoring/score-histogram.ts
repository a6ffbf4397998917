/** Scores counted in a stretch of the scale. */
export interface ScoreBucket {
  /** The lowest score of the bucket. */
  readonly from: number;
  /** The highest. */
  readonly to: number;
  readonly count: number;
}

/**
 * Counts whole scores from 0 to 100 in buckets of the same width; the last one takes 100 as well. All buckets are
 * there, empty ones too.
 *
 * @param bucketCount - A whole number that divides 100. @defaultValue 10
 * @throws RangeError where it does not.
 */
export function scoreHistogram(scores: Iterable<number>, bucketCount = 10): ScoreBucket[] {
  if (!Number.isInteger(bucketCount) || bucketCount < 1 || 100 % bucketCount !== 0) {
    throw new RangeError(`bucketCount must be a whole number that divides 100, got ${bucketCount}`);
  }
  const width = 100 / bucketCount;
  const counts = new Array<number>(bucketCount).fill(0);
  for (const score of scores) {
    const at = Math.max(0, Math.min(bucketCount - 1, Math.floor(score / width)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    from: index * width,
    to: index === bucketCount - 1 ? 100 : (index + 1) * width - 1,
    count,
  }));
}
