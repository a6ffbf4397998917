import type { CallOptions } from "./call-options.js";
import type { JsonValue } from "./json.js";
import type { PersonQuery } from "./stores/erasure-store.js";
import type { Page, PageRequest } from "./stores/page.js";
import type { StoredError } from "./stores/run-store.js";
import type { TenantStores } from "./stores/storage.js";

/** Work for later, or for somebody else. */
export interface JobRequest {
  /** A letter or digit, then letters, digits, and the signs `_ . : / -`; at most 100. */
  readonly queue: string;
  readonly tenant: string;
  /** Any JSON up to 16 million characters, and comes back the same. */
  readonly payload: JsonValue;
  /** Higher ones first. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** Milliseconds before it may begin, up to ten years. @defaultValue 0 */
  readonly delayMs?: number | undefined;
  /** While a job of this key is waiting or running in the queue, for this tenant, another is not taken in. */
  readonly key?: string | undefined;
}

/** A job in a worker's hands. */
export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly tenant: string;
  readonly payload: JsonValue;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborts when the engine is stopped or the job's time is over. */
  readonly signal: AbortSignal;
}

/** How a queue treats its jobs. */
export interface QueueOptions {
  /** Tries after the first. @defaultValue 3 */
  readonly retries?: number | undefined;
  /** First wait between tries in milliseconds; doubles, with jitter. @defaultValue 1_000 */
  readonly backoffMs?: number | undefined;
  /** A job that is not done by then counts as failed. @defaultValue 900_000 */
  readonly timeoutMs?: number | undefined;
}

export interface WorkOptions extends QueueOptions {
  /** Jobs at once in this process. @defaultValue 10 */
  readonly concurrency?: number | undefined;
}

/** A job that failed for good. */
export interface DeadJob {
  readonly id: string;
  readonly queue: string;
  readonly tenant: string;
  readonly payload: JsonValue;
  readonly attempts: number;
  readonly error: StoredError;
  /** ISO 8601 in UTC. */
  readonly failedAt: string;
}

/** A queue that is worked on. */
export interface Worker extends AsyncDisposable {
  /**
   * Takes no new jobs and waits for those that run; those that don't end in time are given back, and the try is not counted.
   *
   * @param options.timeoutMs - From 0. @defaultValue 30_000
   */
  drain(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Work that waits in queues until some process does it. At least once: a handler must bear being run again. */
export interface JobEngine extends AsyncDisposable {
  readonly port: "job-engine/1";
  /** What it holds outlives the process, and many processes may work on it. */
  readonly supports: { readonly durable: boolean };
  /**
   * @param options.in - Stores of a transaction: the job is there only when the transaction stands.
   * @returns The job's id; nothing when a job of its key is there already.
   */
  enqueue(
    job: JobRequest,
    options?: CallOptions & { readonly in?: TenantStores },
  ): Promise<string | undefined>;
  enqueueMany(jobs: readonly JobRequest[], call?: CallOptions): Promise<readonly (string | undefined)[]>;
  work(queue: string, handler: (job: Job) => Promise<void>, options?: WorkOptions): Promise<Worker>;
  /**
   * Enqueues by the clock, once for all processes. A schedule of the same name is replaced.
   *
   * @param schedule.cron - Five fields. @param schedule.zone - IANA name. @defaultValue "UTC"
   */
  schedule(
    schedule: {
      readonly name: string;
      readonly cron: string;
      readonly zone?: string;
      readonly job: JobRequest;
    },
    call?: CallOptions,
  ): Promise<void>;
  unschedule(name: string, call?: CallOptions): Promise<void>;
  readonly deadLetters: {
    list(
      filter?: { readonly queue?: string; readonly tenant?: string },
      page?: PageRequest,
      call?: CallOptions,
    ): Promise<Page<DeadJob>>;
    /** Enqueues it anew, with all its tries. @returns False when it is not there, or a job of its key is; it stays then. */
    replay(id: string, call?: CallOptions): Promise<boolean>;
    discard(id: string, call?: CallOptions): Promise<boolean>;
  };
  /**
   * Discards a tenant's jobs whose payload mentions one of the texts, by the rule of {@link PersonQuery}: those that wait, for
   * their turn, their time or their next try, those that are dead, and what is kept of those that are done; their keys are free
   * then. One that runs is left to its end: it is tried no more, and nothing is kept of it, however it ends. Jobs that a
   * transaction has not committed yet, and schedules, stay.
   *
   * @returns How many were discarded; those that run are not among them.
   * @throws `store.invalid` naming the text that can't be looked for; TypeError for a tenant that is none.
   */
  forget(
    who: Pick<PersonQuery, "mentions"> & { readonly tenant: string },
    call?: CallOptions,
  ): Promise<number>;
  /** How many jobs wait and run, by queue. */
  counts(
    call?: CallOptions,
  ): Promise<readonly { readonly queue: string; readonly waiting: number; readonly running: number }[]>;
}
