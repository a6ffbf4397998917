import { type TenantStores, untilAborted } from "@salesagent/ports";
import { invalidJob, type NormalJob } from "@salesagent/ports/job-rules";
import { closedStore } from "@salesagent/ports/store-rules";
import { type JobQueue, keyOf, type QueuedJob } from "./job-queue.js";
import { findTransactionEnd, type TransactionEnd } from "./transaction-end.js";

/** A key that a transaction took and that is free again, or held by its job, when that is over. */
interface PromisedKey {
  readonly end: TransactionEnd;
  readonly over: Promise<void>;
}

/** Takes jobs in, each key once. */
export class JobIntake {
  readonly #promised = new Map<string, PromisedKey>();
  #order = 0;

  constructor(
    private readonly queueOf: (name: string) => JobQueue,
    private readonly createId: () => string,
  ) {}

  /** Takes jobs in at once; waits for transactions that took one of their keys. */
  async add(
    jobs: readonly NormalJob[],
    signal?: AbortSignal | undefined,
  ): Promise<readonly (string | undefined)[]> {
    for (;;) {
      const blocking = jobs.map((job) => this.#promised.get(keyOf(job))).find((held) => held !== undefined);
      if (blocking === undefined) return jobs.map((job) => this.#add(job));
      await untilAborted(blocking.over, signal);
    }
  }

  /**
   * Takes a job in when a transaction commits.
   *
   * @throws TypeError when `stores` are not those of a transaction; `store.closed` when it is over; `job.invalid` when the
   * job is of another tenant.
   */
  async addIn(
    stores: TenantStores,
    job: NormalJob,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const end = findTransactionEnd(stores);
    if (end === undefined) {
      throw new TypeError(
        "options.in must be the stores that a memory storage's transaction gave its callback",
      );
    }
    if (end.isOver) throw closedStore("jobs", "The transaction");
    if (stores.tenant !== job.tenant) {
      throw invalidJob(job.queue, "tenant", "the transaction in options.in is of another tenant");
    }
    for (
      let held = this.#promised.get(keyOf(job));
      held !== undefined;
      held = this.#promised.get(keyOf(job))
    ) {
      if (held.end === end) return undefined;
      await untilAborted(held.over, signal);
    }
    if (end.isOver) throw closedStore("jobs", "The transaction");
    return this.queueOf(job.queue).holdsKeyOf(job) ? undefined : this.#promise(job, end);
  }

  /** Takes a job in anew, under its id. @returns False when a job of its key is there. */
  addAgain(job: QueuedJob): boolean {
    if (this.#promised.has(keyOf(job)) || this.queueOf(job.queue).holdsKeyOf(job)) return false;
    this.#put({ ...job, delayMs: 0 }, job.id);
    return true;
  }

  #promise(job: NormalJob, end: TransactionEnd): string {
    const id = this.createId();
    const over = new Promise<void>((resolve) => {
      end.whenOver((committed) => {
        this.#promised.delete(keyOf(job));
        if (committed) this.#put(job, id);
        resolve();
      });
    });
    if (job.key !== undefined) this.#promised.set(keyOf(job), { end, over });
    return id;
  }

  #add(job: NormalJob): string | undefined {
    return this.queueOf(job.queue).holdsKeyOf(job) ? undefined : this.#put(job, this.createId());
  }

  #put(job: NormalJob, id: string): string {
    this.#order += 1;
    this.queueOf(job.queue).add({ ...job, id, order: this.#order, attempts: 0 });
    return id;
  }
}
