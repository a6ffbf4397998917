import { type Clock, systemClock } from "@salesagent/ports";

/**
 * The time that leases of runs go by: that of the clock a host gave to the storage, else null, for the server's own. All
 * processes share that one, so that a lease lasts as long as it says, however far their clocks are apart.
 */
export function toLeaseTime(clock: Clock): string | null {
  return clock === systemClock ? null : toStoreTime(clock);
}

/** The clock's time in its stored form. */
export function toStoreTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** SQL for the time that {@link toLeaseTime} gave to a parameter. */
export function leaseTime(parameter: string): string {
  return `coalesce(${parameter}::timestamptz, date_trunc('milliseconds', statement_timestamp()))`;
}
