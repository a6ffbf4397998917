/** What a response told of one limit. */
export interface RateFact {
  /** Tells the limits of one service apart, such as `interval`, `daily` or `minute`; `default` where it has no name. */
  readonly window: string;
  readonly limit?: number;
  readonly remaining?: number;
  /** How long until it is whole again, in milliseconds. */
  readonly resetMs?: number;
  /** How long the window is, in milliseconds. */
  readonly windowMs?: number;
}

/** Reads what headers tell of a service's limits. `nowMs` is the present, in milliseconds since the epoch. */
export type RateFactReader = (headers: Headers, nowMs: number) => readonly RateFact[];
