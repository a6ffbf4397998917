/** A limit for people: `131k`, `1.05M`; `?` where nobody told it. */
export function tokens(limit: number | undefined): string {
  if (limit === undefined) return "?";
  return limit >= 1_000_000 ? `${Number((limit / 1_000_000).toFixed(2))}M` : `${Math.round(limit / 1000)}k`;
}
