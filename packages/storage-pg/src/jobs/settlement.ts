import { type Clock, wait } from "@salesagent/ports";
import type { ClaimedJob } from "./claimed-job.js";
import type { FailedJob, JobTable } from "./job-table.js";

const PAUSE_MS = 500;
/** The most jobs of one statement. */
const LARGEST_BATCH = 500;

type Settled =
  | { readonly kind: "done"; readonly job: ClaimedJob }
  | { readonly kind: "failed"; readonly failed: FailedJob }
  | { readonly kind: "given-back"; readonly job: ClaimedJob };

export interface SettlementOptions {
  readonly table: JobTable;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Is told in how many milliseconds jobs may be claimed again. */
  readonly onWritten: (waits: readonly number[]) => void;
}

/**
 * Writes down how jobs ended. One statement is on its way at a time, and the next takes all that came meanwhile; what can't
 * be written is tried again.
 */
export class Settlement {
  #waiting: Settled[] = [];
  #writing: Promise<void> | undefined;
  #closing = false;

  constructor(private readonly options: SettlementOptions) {}

  add(settled: Settled): void {
    this.#waiting.push(settled);
    this.#writing ??= this.#write();
  }

  /** Waits until all is written. When that fails now, the jobs come back to others after their leases. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // what ends in the same turn goes with it
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, LARGEST_BATCH);
      try {
        await this.#writeBatch(batch);
      } catch (error) {
        this.options.onError(error);
        if (this.#closing) break;
        this.#waiting.unshift(...batch);
        await wait(this.options.clock, PAUSE_MS);
      }
    }
    this.#writing = undefined;
  }

  /** A statement may be run again: it passes by what another one has settled. */
  async #writeBatch(batch: readonly Settled[]): Promise<void> {
    const { table } = this.options;
    const done = batch.flatMap((settled) => (settled.kind === "done" ? [settled.job] : []));
    const failed = batch.flatMap((settled) => (settled.kind === "failed" ? [settled.failed] : []));
    const given = batch.flatMap((settled) => (settled.kind === "given-back" ? [settled.job] : []));
    if (done.length > 0) await table.finish(done);
    if (failed.length > 0) await table.fail(failed);
    if (given.length > 0) await table.giveBack(given);
    this.options.onWritten(failed.flatMap(({ waitMs }) => waitMs ?? []));
  }
}
