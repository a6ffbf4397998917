const DAY_MS = 86_400_000;
const PARTS = ["year", "month", "day", "hour", "minute", "second"] as const;

/** The clocks of a place. Local times are milliseconds since the epoch as if the place were in UTC. */
export interface Zone {
  /** How far local time is ahead of UTC at an instant. */
  offsetMs(instantMs: number): number;
  /**
   * Prepares a local day.
   *
   * @returns Gives the instants of a local time of that day. `each`: none for a time that clocks skip, two for one that
   * comes twice. Otherwise always one: the skipped time as much later as clocks moved, the first of two.
   */
  readDay(dayMs: number): (localMs: number, each: boolean) => readonly number[];
}

/** @param name - IANA name. @returns Nothing when there is no such zone. */
export function createZone(name: string): Zone | undefined {
  const format = createFormat(name);
  if (format === undefined) return undefined;

  const offsetMs = (instantMs: number): number => {
    const values = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = PARTS.map((part) =>
      values.get(part),
    );
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000;
  };

  return {
    offsetMs,
    readDay(dayMs) {
      // offsets are within a day of UTC, so the day lies between these two instants
      const before = offsetMs(dayMs - DAY_MS);
      const after = offsetMs(dayMs + 2 * DAY_MS);
      if (before === after) return (localMs) => [localMs - before];
      return (localMs, each) => {
        const instants = [localMs - before, localMs - after].filter(
          (instant) => offsetMs(instant) === localMs - instant,
        );
        if (each) return instants;
        return [instants.length === 0 ? localMs - before : Math.min(...instants)];
      };
    },
  };
}

function createFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = Object.fromEntries(PARTS.map((part) => [part, "numeric"] as const));
  try {
    return new Intl.DateTimeFormat("en-US", { ...numeric, timeZone, hourCycle: "h23", calendar: "gregory" });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
