import type { Clock } from "@salesagent/ports";
import type { CrmStamping } from "./crm-double-options.js";

const MICROS_A_MS = 1000;
const PARTS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Microseconds since 1970 of an ISO 8601 text. Whole numbers up to the year 2255 are exact. */
export function microsOf(text: string): number {
  const [, seconds, fraction = "", zone] = PARTS.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) throw new RangeError(`an instant is ISO 8601 with a zone, got "${text}"`);
  return ms * MICROS_A_MS + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** Stamps as a CRM makes them: they never go back. */
export class DoubleStamps {
  readonly #clock: Clock;
  readonly #digits: 0 | 3 | 6;
  readonly #unitMicros: number;
  readonly #ties: boolean;
  #lastMicros = 0;

  constructor(clock: Clock, { digits = 3, granularityMs = 1, ties = true }: CrmStamping = {}) {
    this.#clock = clock;
    this.#digits = digits;
    this.#unitMicros = Math.max(10 ** (6 - digits), digits === 6 ? 1 : granularityMs * MICROS_A_MS);
    this.#ties = ties;
  }

  /** The next stamp, in microseconds since 1970, of what happens at an instant: by default now. */
  next(atMs: number = this.#clock.now()): number {
    const unit = this.#unitMicros;
    const micros = Math.floor((atMs * MICROS_A_MS) / unit) * unit;
    this.#lastMicros = Math.max(micros, this.#ties ? this.#lastMicros : this.#lastMicros + unit);
    return this.#lastMicros;
  }

  /** In the CRM's own words. */
  text(micros: number): string {
    const seconds = new Date(Math.floor(micros / MICROS_A_MS)).toISOString().slice(0, 19);
    if (this.#digits === 0) return `${seconds}Z`;
    const fraction = String(micros % 1_000_000).padStart(6, "0");
    return this.#digits === 6 ? `${seconds}.${fraction}+00:00` : `${seconds}.${fraction.slice(0, 3)}Z`;
  }
}
