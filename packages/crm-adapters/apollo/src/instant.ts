const PARTS = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * An ISO 8601 text as nanoseconds since the Unix epoch, with all its digits; without an offset it is UTC. A `Date` would drop
 * those below a millisecond.
 */
export function instantOf(text: string): bigint | undefined {
  const parts = PARTS.exec(text.trim());
  if (parts === null) return undefined;
  const [, day, time, fraction = "", zone = "Z"] = parts;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Below 0 where `a` is earlier. What is no instant comes before all. */
export function compareInstants(a: string, b: string): number {
  const [first, second] = [instantOf(a) ?? -1n, instantOf(b) ?? -1n];
  return first < second ? -1 : first > second ? 1 : 0;
}
