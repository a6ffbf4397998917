import type { StoredError } from "@salesagent/ports";
import { type NormalJob, retryWaitMs } from "@salesagent/ports/job-rules";
import { text } from "../columns.js";
import type { Boss } from "./boss.js";
import { type ClaimedJob, toClaimedJobs } from "./claimed-job.js";
import type { JobDatabase } from "./job-database.js";
import type { JobStatements } from "./job-statements.js";

/** Why a job failed whose process ended without a word. */
const LOST = "The process that ran the job gave no sign of life for the time of its lease.";

/** A job that failed: it waits for another try, or is dead where it is given no wait. */
export interface FailedJob {
  readonly job: ClaimedJob;
  readonly error: StoredError;
  readonly waitMs: number | undefined;
}

/** The jobs of one queue, for the worker of a process. */
export class JobTable {
  constructor(
    readonly queue: string,
    private readonly boss: Boss,
    private readonly database: JobDatabase,
    private readonly statements: JobStatements,
  ) {}

  async claim(count: number): Promise<readonly ClaimedJob[]> {
    return toClaimedJobs(await this.boss.fetch(this.queue, count));
  }

  async finish(jobs: readonly ClaimedJob[]): Promise<void> {
    await this.database.run(this.statements.finish, [this.queue, ...idsAndTries(jobs)]);
  }

  async fail(failed: readonly FailedJob[]): Promise<void> {
    await this.database.run(this.statements.fail, [
      this.queue,
      ...idsAndTries(failed.map(({ job }) => job)),
      failed.map(({ waitMs }) => waitMs ?? null),
      failed.map(({ error }) => error.code),
      failed.map(({ error }) => error.message),
    ]);
  }

  /** Puts jobs back as if they had not been claimed, and tells the workers. */
  async giveBack(jobs: readonly ClaimedJob[]): Promise<void> {
    await this.database.run(this.statements.giveBack, [this.queue, ...idsAndTries(jobs)]);
  }

  /** @returns The ids of those that this process still has. */
  async renew(jobs: readonly ClaimedJob[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.run(this.statements.renew, [this.queue, ...idsAndTries(jobs)]);
    return new Set(rows.map((row) => text(row, "id")));
  }

  /** Takes jobs from processes that gave no sign of life in time, and tells the workers. @returns Whether there were any. */
  async recover(retries: number): Promise<boolean> {
    const rows = await this.database.run(this.statements.recover, [this.queue, retries, LOST]);
    return rows.length > 0;
  }

  /** How long until a job is due that waits, in milliseconds; undefined when none waits. */
  async nextDueMs(): Promise<number | undefined> {
    const [row] = await this.database.run(this.statements.nextDue, [this.queue]);
    const wait = row?.["wait"];
    return wait == null ? undefined : Number(wait);
  }
}

function idsAndTries(jobs: readonly ClaimedJob[]): [ids: readonly string[], tries: readonly number[]] {
  return [jobs.map(({ id }) => id), jobs.map(({ tries }) => tries)];
}

/** The values of jobs for the statement that enqueues them. */
export function toEnqueueValues(
  jobs: readonly { readonly id: string; readonly job: NormalJob }[],
  leaseMs: number,
): readonly unknown[] {
  return [
    jobs.map(({ id }) => id),
    jobs.map(({ job }) => job.queue),
    jobs.map(({ job }) => job.tenant),
    jobs.map(({ job }) => job.payloadText),
    jobs.map(({ job }) => job.priority),
    jobs.map(({ job }) => job.delayMs),
    jobs.map(({ job }) => job.key ?? null),
    leaseMs,
  ];
}

/** What becomes of a job that failed. */
export function toFailedJob(
  job: ClaimedJob,
  error: StoredError,
  { retries, backoffMs }: { readonly retries: number; readonly backoffMs: number },
  random: () => number,
): FailedJob {
  const attempt = job.tries + 1;
  const waitMs = attempt > retries ? undefined : retryWaitMs(attempt, backoffMs, random);
  return { job, error, waitMs };
}
