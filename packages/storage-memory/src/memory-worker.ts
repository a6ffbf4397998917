import { type Clock, type Job, type Worker, wait } from "@salesagent/ports";
import {
  type AttemptEnd,
  fromPayloadText,
  type JobAttempt,
  type ResolvedWork,
  resolveDrain,
  startAttempt,
  workerStopped,
} from "@salesagent/ports/job-rules";
import type { JobQueue, QueuedJob, QueueReader } from "./job-queue.js";

export interface MemoryWorkerOptions extends ResolvedWork {
  readonly clock: Clock;
  readonly queueName: string;
  readonly queue: JobQueue;
  readonly handler: (job: Job) => Promise<void>;
  readonly onDrained: () => void;
}

/** Works on one queue. */
export class MemoryWorker implements Worker, QueueReader {
  readonly #running = new Map<string, { readonly attempt: JobAttempt; readonly settled: Promise<void> }>();
  #drained: Promise<void> | undefined;

  constructor(private readonly options: MemoryWorkerOptions) {}

  get hasRoom(): boolean {
    return this.#drained === undefined && this.#running.size < this.options.concurrency;
  }

  take(job: QueuedJob): void {
    const { id, queue, tenant, attempts, payloadText } = job;
    const attempt = startAttempt(
      { id, queue, tenant, payload: fromPayloadText(payloadText), attempt: attempts },
      this.options.handler,
      this.options,
    );
    const settled = attempt.ended.then((end) => this.#settle(job, end));
    this.#running.set(id, { attempt, settled });
  }

  async drain(options?: { readonly timeoutMs?: number }): Promise<void> {
    const timeoutMs = resolveDrain(options);
    this.#drained ??= this.#drain(timeoutMs);
    await this.#drained;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  #settle(job: QueuedJob, end: AttemptEnd): void {
    this.#running.delete(job.id);
    const { queue } = this.options;
    if (end.kind === "done") queue.done(job);
    else if (end.kind === "failed") queue.failed(job, end.error, this.options);
    else queue.giveBack(job);
    queue.deal();
  }

  async #drain(timeoutMs: number): Promise<void> {
    this.options.queue.leave(this);
    const settled = Promise.all([...this.#running.values()].map((job) => job.settled));
    if (timeoutMs > 0 && this.#running.size > 0) await this.#untilSettled(settled, timeoutMs);
    for (const { attempt } of this.#running.values()) attempt.stop(workerStopped(this.options.queueName));
    await settled;
    this.options.onDrained();
  }

  async #untilSettled(settled: Promise<unknown>, timeoutMs: number): Promise<void> {
    const done = new AbortController();
    void settled.then(() => done.abort());
    await wait(this.options.clock, timeoutMs, done.signal).catch(() => {}); // it ends early when all have settled
  }
}
