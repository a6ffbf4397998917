import type { Clock } from "@salesagent/ports";

/** How a world stamps. */
export interface WorldClockOptions {
  /** How many stamps in a row are equal while the clock stands still. @defaultValue 1 */
  readonly equalStamps?: number;
}

/**
 * The stamps of a world: microseconds since the Unix epoch, by a clock, none earlier than the one before. Whole numbers up to
 * 2^53 hold them until the year 2255.
 */
export class WorldClock {
  readonly #clock: Clock;
  readonly #equalStamps: number;
  #lastMicros = 0;
  #given = 0;
  #heldMicros: number | undefined;

  constructor(clock: Clock, { equalStamps = 1 }: WorldClockOptions = {}) {
    this.#clock = clock;
    this.#equalStamps = equalStamps;
  }

  /** The world's time in milliseconds. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** The world's time in microseconds: no stamp lies after it. */
  nowMicros(): number {
    return Math.max(this.#clock.now() * 1000, this.#lastMicros);
  }

  /** The next stamp. */
  nextMicros(): number {
    if (this.#heldMicros !== undefined) return this.#heldMicros;
    const micros = Math.round(this.#clock.now() * 1000);
    if (micros > this.#lastMicros) this.#given = 0;
    else if (this.#given >= this.#equalStamps) {
      this.#given = 0;
      this.#lastMicros += 1;
    }
    this.#lastMicros = Math.max(micros, this.#lastMicros);
    this.#given += 1;
    return this.#lastMicros;
  }

  /** Every stamp is the next one, and stays so until the result is called. */
  freeze(): () => void {
    const before = this.#heldMicros;
    this.#heldMicros = this.nextMicros();
    return () => {
      this.#heldMicros = before;
    };
  }

  /** All that is stamped in `work` gets one and the same stamp. @defaultValue atMicros the next one */
  hold<T>(work: () => T, atMicros: number = this.nextMicros()): T {
    const before = this.#heldMicros;
    this.#heldMicros = atMicros;
    try {
      return work();
    } finally {
      this.#heldMicros = before;
    }
  }
}

/** Microseconds as ISO 8601 with so many fraction digits: `2026-11-01T10:00:03.456000` and the zone's text. */
export function microsText(micros: number, digits: 0 | 3 | 6 = 6, zone = "Z"): string {
  const seconds = Math.floor(micros / 1_000_000);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = String(micros - seconds * 1_000_000)
    .padStart(6, "0")
    .slice(0, digits);
  return `${whole}${digits === 0 ? "" : `.${fraction}`}${zone}`;
}

/** ISO 8601 with 0 to 6 fraction digits and any offset as microseconds; without an offset it is UTC. Undefined for other texts. */
export function microsOf(text: string): number | undefined {
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, day, time = "00:00", seconds = "00", fraction = "", zone = "Z"] = parts;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${day}T${time}:${seconds}${offset}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}
