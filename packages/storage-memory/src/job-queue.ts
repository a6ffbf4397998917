import type { Clock, StoredError, Timer } from "@salesagent/ports";
import { type NormalJob, type ResolvedWork, retryWaitMs } from "@salesagent/ports/job-rules";
import { Heap } from "./heap.js";

/** A job of a queue, from the time it is taken in until it is done. */
export interface QueuedJob extends NormalJob {
  readonly id: string;
  /** The order of taking in. */
  readonly order: number;
  /** Tries so far, the one that runs included. */
  attempts: number;
  /** It is not to be kept once it runs no more, however it ends. */
  isForgotten?: boolean;
}

/** Who takes jobs from a queue. */
export interface QueueReader {
  readonly hasRoom: boolean;
  take(job: QueuedJob): void;
}

interface DelayedJob {
  readonly job: QueuedJob;
  /** By `clock.elapsed()`. */
  readonly dueMs: number;
}

export interface JobQueueOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Is told of jobs that failed for good. */
  readonly onDead: (job: QueuedJob, error: StoredError) => void;
}

/** The jobs of one queue: which waits, which runs, who is next. */
export class JobQueue {
  readonly #ready = new Heap<QueuedJob>(
    (left, right) => right.priority - left.priority || left.order - right.order,
  );
  readonly #delayed = new Heap<DelayedJob>(
    (left, right) => left.dueMs - right.dueMs || left.job.order - right.job.order,
  );
  readonly #keys = new Set<string>();
  readonly #readers: QueueReader[] = [];
  readonly #running = new Set<QueuedJob>();
  #alarm: { readonly timer: Timer; readonly dueMs: number } | undefined;

  constructor(private readonly options: JobQueueOptions) {}

  get waiting(): number {
    return this.#ready.size + this.#delayed.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Whether a job of this one's key waits or runs. */
  holdsKeyOf(job: NormalJob): boolean {
    return job.key !== undefined && this.#keys.has(keyOf(job));
  }

  add(job: QueuedJob): void {
    if (job.key !== undefined) this.#keys.add(keyOf(job));
    this.#wait(job, job.delayMs);
  }

  join(reader: QueueReader): void {
    this.#readers.push(reader);
    this.deal();
  }

  leave(reader: QueueReader): void {
    const index = this.#readers.indexOf(reader);
    if (index >= 0) this.#readers.splice(index, 1);
  }

  done(job: QueuedJob): void {
    this.#running.delete(job);
    this.#keys.delete(keyOf(job));
  }

  failed(job: QueuedJob, error: StoredError, { retries, backoffMs }: ResolvedWork): void {
    if (job.isForgotten === true || job.attempts > retries) {
      this.done(job);
      if (job.isForgotten !== true) this.options.onDead(job, error);
      return;
    }
    this.#running.delete(job);
    this.#wait(job, retryWaitMs(job.attempts, backoffMs, this.options.random));
  }

  /** A try that was not let to its end does not count. */
  giveBack(job: QueuedJob): void {
    if (job.isForgotten === true) {
      this.done(job);
      return;
    }
    this.#running.delete(job);
    job.attempts -= 1;
    this.#wait(job, 0);
  }

  /** Hands out what is ready to those who have room, in turn. */
  deal(): void {
    for (let next = this.#ready.peek(); next !== undefined; next = this.#ready.peek()) {
      const reader = this.#readers.find(({ hasRoom }) => hasRoom);
      if (reader === undefined) return;
      this.leave(reader);
      this.#readers.push(reader);
      this.#ready.pop();
      next.attempts += 1;
      this.#running.add(next);
      reader.take(next);
    }
  }

  /** Discards jobs that wait and pass a test; one that runs is not kept when it ends. @returns How many were discarded. */
  forget(test: (job: QueuedJob) => boolean): number {
    const delayed = this.#delayed.take(({ job }) => test(job)).map(({ job }) => job);
    const gone = [...this.#ready.take(test), ...delayed];
    for (const job of gone) this.#keys.delete(keyOf(job));
    for (const job of this.#running) if (test(job)) job.isForgotten = true;
    return gone.length;
  }

  close(): void {
    this.#alarm?.timer.cancel();
    this.#alarm = undefined;
    this.#readers.length = 0;
  }

  #wait(job: QueuedJob, waitMs: number): void {
    if (waitMs > 0) {
      this.#delayed.push({ job, dueMs: this.options.clock.elapsed() + waitMs });
      this.#setAlarm();
    } else {
      this.#ready.push(job);
      this.deal();
    }
  }

  #setAlarm(): void {
    const dueMs = this.#delayed.peek()?.dueMs;
    if (dueMs === undefined || (this.#alarm !== undefined && this.#alarm.dueMs <= dueMs)) return;
    this.#alarm?.timer.cancel();
    const timer = this.options.clock.schedule(dueMs - this.options.clock.elapsed(), () => this.#release());
    this.#alarm = { timer, dueMs };
  }

  #release(): void {
    this.#alarm = undefined;
    const now = this.options.clock.elapsed();
    for (
      let next = this.#delayed.peek();
      next !== undefined && next.dueMs <= now;
      next = this.#delayed.peek()
    ) {
      this.#delayed.pop();
      this.#ready.push(next.job);
    }
    this.#setAlarm();
    this.deal();
  }
}

/** What tells keys of all queues and tenants apart: no part holds a line break. */
export function keyOf({ queue, tenant, key }: NormalJob): string {
  return `${queue}\n${tenant}\n${key ?? ""}`;
}
