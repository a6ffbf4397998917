import type { Clock, Timer } from "@salesagent/ports";

/** Prolongs leases: of one tenant, ids and the new end as ISO 8601 in UTC. */
export type RenewLeases = (tenant: string, ids: readonly string[], leaseUntil: string) => Promise<void>;

/** A lease is longer than was asked for by up to this part of it. */
const LEASE_SLOTS = 100;

/** Keeps the leases of all reservations that are open, by one timer; none runs while none is open. */
export class LeaseKeeper {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #renew: RenewLeases;
  readonly #open = new Map<string, Set<string>>();
  #timer: Timer | undefined;
  #endMs = 0;
  #end = "";

  /** @param renew - Must not reject. */
  constructor(clock: Clock, leaseMs: number, renew: RenewLeases) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#renew = renew;
  }

  /** The end of a lease that begins now, or a little later so that calls of about the same time share it; ISO 8601 in UTC. */
  leaseUntil(): string {
    const slotMs = Math.ceil(this.#leaseMs / LEASE_SLOTS);
    const endMs = Math.ceil((this.#clock.now() + this.#leaseMs) / slotMs) * slotMs;
    if (endMs !== this.#endMs) {
      this.#endMs = endMs;
      this.#end = new Date(endMs).toISOString();
    }
    return this.#end;
  }

  add(tenant: string, id: string): void {
    const ids = this.#open.get(tenant);
    if (ids) ids.add(id);
    else this.#open.set(tenant, new Set([id]));
    this.#timer ??= this.#schedule();
  }

  remove(tenant: string, id: string): void {
    const ids = this.#open.get(tenant);
    if (!ids?.delete(id) || ids.size > 0) return;
    this.#open.delete(tenant);
    if (this.#open.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Thrice a lease: two renewals may fail before a reservation lapses. */
  #schedule(): Timer {
    return this.#clock.schedule(this.#leaseMs / 3, () => {
      this.#timer = this.#schedule();
      const leaseUntil = this.leaseUntil();
      for (const [tenant, ids] of this.#open) void this.#renew(tenant, [...ids], leaseUntil);
    });
  }
}
