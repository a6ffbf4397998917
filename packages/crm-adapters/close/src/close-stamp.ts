/**
 * Microseconds since the Unix epoch. Close writes them with six digits and an offset, or without an offset, which is UTC; up to
 * 2^53 they are whole numbers until the year 2255.
 *
 * @returns undefined for what is no stamp.
 */
export function microsOf(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, day, minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = parts;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${day}T${minutes}:${seconds}${offset}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/** A stamp in UTC with six digits, for bounds of our own; what Close wrote is passed on as it is. */
export function stampOf(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros - seconds * 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}+00:00`;
}

/** The stamp a number of microseconds later. */
export function laterBy(stamp: string, micros: number): string {
  return stampOf((microsOf(stamp) ?? 0) + micros);
}

/** Whether one stamp is after another, as instants. */
export function isAfter(a: string, b: string): boolean {
  return (microsOf(a) ?? 0) > (microsOf(b) ?? 0);
}

/** Whether two stamps are one instant. */
export function isSameInstant(a: string, b: string): boolean {
  return a === b || microsOf(a) === microsOf(b);
}

/** The order of two stamps, as instants; what has none comes last. */
export function compareStamps(a: string | undefined, b: string | undefined): number {
  return (microsOf(a) ?? Number.MAX_SAFE_INTEGER) - (microsOf(b) ?? Number.MAX_SAFE_INTEGER);
}
