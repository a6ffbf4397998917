import type { Clock, Timer } from "@salesagent/ports";
import type { ClaimedJob } from "./claimed-job.js";
import type { JobTable } from "./job-table.js";

/** How often a lease is renewed within its time. */
const RENEWALS = 3;

interface HeldJob {
  readonly job: ClaimedJob;
  /** When its lease was last known to begin, by `clock.elapsed()`. */
  sinceMs: number;
}

export interface LeaseKeeperOptions {
  readonly table: JobTable;
  readonly clock: Clock;
  /** How often to look, without any job held; in milliseconds. */
  readonly leaseMs: number;
  readonly retries: number;
  /** A job is no longer this process's. */
  readonly onLost: (job: ClaimedJob) => void;
  /** Jobs of others wait again. */
  readonly onRecovered: () => void;
  readonly onError: (error: unknown) => void;
}

/** Gives signs of life for jobs that this process has, and takes over those whose processes give none. */
export class LeaseKeeper {
  readonly #held = new Map<string, HeldJob>();
  #timer: Timer | undefined;
  #everyMs = 0;
  #busy = false;
  #closed = false;

  constructor(private readonly options: LeaseKeeperOptions) {
    this.#look();
  }

  /** @param sinceMs - Before the claim was sent, by `clock.elapsed()`. */
  hold(jobs: readonly ClaimedJob[], sinceMs: number): void {
    for (const job of jobs) this.#held.set(job.id, { job, sinceMs });
    if (this.#timer !== undefined && this.#lookEveryMs() < this.#everyMs) this.#lookLater();
  }

  release(job: ClaimedJob): void {
    this.#held.delete(job.id);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #look(): void {
    if (this.#closed) return;
    this.#lookLater();
    this.#dropOverdue();
    if (this.#busy) return;
    this.#busy = true;
    void this.#renewAndRecover().finally(() => {
      this.#busy = false;
    });
  }

  #lookLater(): void {
    this.#timer?.cancel();
    this.#everyMs = this.#lookEveryMs();
    this.#timer = this.options.clock.schedule(this.#everyMs, () => this.#look());
  }

  /** Jobs come with the leases that whoever enqueued them set. */
  #lookEveryMs(): number {
    let leaseMs = this.options.leaseMs;
    for (const { job } of this.#held.values()) leaseMs = Math.min(leaseMs, job.leaseMs);
    return leaseMs / RENEWALS;
  }

  /** Gives up jobs whose leases end before the next look: others may take them then. */
  #dropOverdue(): void {
    const now = this.options.clock.elapsed();
    for (const { job, sinceMs } of [...this.#held.values()]) {
      if (now - sinceMs + this.#everyMs > job.leaseMs) this.#lose(job);
    }
  }

  async #renewAndRecover(): Promise<void> {
    const { table, clock, retries, onError } = this.options;
    try {
      const held = [...this.#held.values()];
      const sinceMs = clock.elapsed();
      if (held.length > 0) {
        const kept = await table.renew(held.map(({ job }) => job));
        for (const entry of held) {
          if (kept.has(entry.job.id)) entry.sinceMs = sinceMs;
          else if (this.#held.get(entry.job.id) === entry) this.#lose(entry.job);
        }
      }
      if (await table.recover(retries)) this.options.onRecovered();
    } catch (error) {
      onError(error);
    }
  }

  #lose(job: ClaimedJob): void {
    this.#held.delete(job.id);
    this.options.onLost(job);
  }
}
