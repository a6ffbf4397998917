/** Instants by field, in milliseconds since 1970. */
export function instantsOf(times: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(times).map(([field, at]) => [field, instantOf(at)]));
}

/** CRMs tell times with an offset, without one (then UTC is meant), or as milliseconds since 1970; 0 where a text is none. */
export function instantOf(text: string): number {
  if (/^\d{10,}$/.test(text)) return Number(text);
  const hasZone = /(?:z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes("T");
  const instantMs = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(instantMs) ? 0 : instantMs;
}
