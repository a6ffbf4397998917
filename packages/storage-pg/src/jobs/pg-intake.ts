import type { TenantStores } from "@salesagent/ports";
import { invalidJob, type NormalJob } from "@salesagent/ports/job-rules";
import { text } from "../columns.js";
import { findTransaction } from "../transaction-stores.js";
import type { Boss } from "./boss.js";
import type { JobDatabase } from "./job-database.js";
import { toJobFailure } from "./job-failures.js";
import type { JobStatements } from "./job-statements.js";
import { toEnqueueValues } from "./job-table.js";

/** The most characters of payloads that one statement takes. */
const LARGEST_BATCH = 8_000_000;
const MOST_JOBS = 5000;

interface NewJob {
  readonly id: string;
  readonly job: NormalJob;
}

/** Takes jobs in. */
export class PgIntake {
  constructor(
    private readonly options: {
      readonly boss: Boss;
      readonly database: JobDatabase;
      readonly statements: JobStatements;
      readonly createId: () => string;
      readonly leaseMs: number;
    },
  ) {}

  /** Takes jobs in: all or, when it fails, none. */
  async add(
    jobs: readonly NormalJob[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (string | undefined)[]> {
    const { boss, database, statements, createId, leaseMs } = this.options;
    await boss.ensureQueues(jobs.map(({ queue }) => queue));
    const added = jobs.map((job) => ({ id: createId(), job }));
    const batches = toBatches(added);
    const [first] = batches;
    if (first === undefined) return [];
    const taken = new Set<string>();
    const note = (rows: readonly Readonly<Record<string, string | null>>[]) => {
      for (const row of rows) taken.add(text(row, "id"));
    };
    if (batches.length === 1) {
      note(await database.run(statements.enqueue, toEnqueueValues(first, leaseMs), signal));
    } else {
      signal?.throwIfAborted();
      await database.transaction(async (run) => {
        for (const batch of batches) note(await run(statements.enqueue, toEnqueueValues(batch, leaseMs)));
      });
    }
    return added.map(({ id }) => (taken.has(id) ? id : undefined));
  }

  /**
   * Takes a job in, in the transaction of the stores.
   *
   * @throws TypeError when `stores` are not those of a transaction; `store.closed` when it is over; `job.invalid` when the
   * job is of another tenant.
   */
  async addIn(
    stores: TenantStores,
    job: NormalJob,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const { boss, statements, createId, leaseMs } = this.options;
    const executor = findTransaction(stores);
    if (executor === undefined) {
      throw new TypeError("options.in must be the stores that a transaction of postgres() gave its callback");
    }
    executor.admit("jobs", { signal });
    if (stores.tenant !== job.tenant) {
      throw invalidJob(job.queue, "tenant", "the transaction in options.in is of another tenant");
    }
    const run = (...[statement, values]: [Parameters<JobDatabase["run"]>[0], readonly unknown[]]) =>
      executor.run("jobs", statement, values, { signal }).catch((error: unknown) => {
        throw toJobFailure(error);
      });
    if (boss.unknownOf([job.queue]).length > 0) {
      await boss.start();
      const found = await run(statements.findQueues, [[job.queue]]);
      if (found.length === 0) {
        // the transaction can't see what is made now, so it is begun again
        await boss.ensureQueues([job.queue]);
        await run(statements.askAgain, []);
      }
    }
    const [row] = await run(statements.enqueue, toEnqueueValues([{ id: createId(), job }], leaseMs));
    return row === undefined ? undefined : text(row, "id");
  }
}

function toBatches(jobs: readonly NewJob[]): readonly (readonly NewJob[])[] {
  const batches: NewJob[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const entry of jobs) {
    size += entry.job.payloadText.length;
    let batch = batches.at(-1);
    if (batch === undefined || size > LARGEST_BATCH || batch.length >= MOST_JOBS) {
      batch = [];
      batches.push(batch);
      size = entry.job.payloadText.length;
    }
    batch.push(entry);
  }
  return batches;
}
