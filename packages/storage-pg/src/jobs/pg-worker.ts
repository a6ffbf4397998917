import { type Clock, type Job, SalesAgentError, type Timer, type Worker, wait } from "@salesagent/ports";
import {
  type AttemptEnd,
  type JobAttempt,
  type ResolvedWork,
  resolveDrain,
  startAttempt,
  workerStopped,
} from "@salesagent/ports/job-rules";
import { ClaimAhead } from "./claim-ahead.js";
import { type ClaimedJob, payloadOf } from "./claimed-job.js";
import { type JobTable, toFailedJob } from "./job-table.js";
import { LeaseKeeper } from "./lease-keeper.js";
import { Settlement } from "./settlement.js";
import { WorkSignal } from "./work-signal.js";

/** How long claimed jobs wait behind others, at most, before they are given to somebody else. */
const LONGEST_HOLD_MS = 500;
/** After a failure of the database. */
const PAUSE_MS = 500;

export interface PgWorkerOptions {
  readonly table: JobTable;
  readonly handler: (job: Job) => Promise<void>;
  readonly work: ResolvedWork;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly onError: (error: unknown) => void;
  readonly onDrained: () => void;
}

interface RunningJob {
  readonly attempt: JobAttempt;
  readonly settled: Promise<void>;
}

/** Works on one queue: claims jobs in batches, a little ahead, and writes down in batches how they ended. */
export class PgWorker implements Worker {
  readonly #ready: ClaimedJob[] = [];
  readonly #running = new Map<string, RunningJob>();
  readonly #ahead: ClaimAhead;
  readonly #settlement: Settlement;
  readonly #leases: LeaseKeeper;
  readonly #signal: WorkSignal;
  readonly #claiming: Promise<void>;
  readonly #stop = new AbortController();
  #hold: Timer | undefined;
  #drained: Promise<void> | undefined;

  constructor(private readonly options: PgWorkerOptions) {
    const { table, clock, random, work, leaseMs, pollMs, onError } = options;
    this.#ahead = new ClaimAhead(work.concurrency);
    this.#signal = new WorkSignal({ clock, random, pollMs });
    const onWritten = (waits: readonly number[]) => {
      for (const waitMs of waits) this.#signal.wakeIn(waitMs);
    };
    this.#settlement = new Settlement({ table, clock, onError, onWritten });
    this.#leases = new LeaseKeeper({
      table,
      clock,
      leaseMs,
      retries: work.retries,
      onLost: (job) => this.#lose(job),
      onRecovered: () => this.#signal.wakeIn(0),
      onError,
    });
    this.#claiming = this.#claimOn();
  }

  /** Jobs are due in so long. */
  wakeIn(waitMs: number): void {
    this.#signal.wakeIn(waitMs);
  }

  async drain(options?: { readonly timeoutMs?: number }): Promise<void> {
    const timeoutMs = resolveDrain(options);
    this.#drained ??= this.#drain(timeoutMs);
    await this.#drained;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  get #heldCount(): number {
    return this.#ready.length + this.#running.size;
  }

  /** Claims jobs for as long as the worker works. */
  async #claimOn(): Promise<void> {
    const { table, clock, onError } = this.options;
    while (!this.#stop.signal.aborted) {
      try {
        const room = this.#ahead.room(this.#heldCount);
        if (room === 0) await this.#signal.untilRoom();
        else if (this.#signal.isQuiet) await this.#signal.untilWoken(() => table.nextDueMs());
        else await this.#claim(room);
      } catch (error) {
        onError(error);
        await wait(clock, PAUSE_MS, this.#stop.signal).catch(() => {}); // ended when the worker stops
      }
    }
  }

  async #claim(room: number): Promise<void> {
    const sinceMs = this.options.clock.elapsed();
    const look = this.#signal.look();
    const jobs = await this.options.table.claim(room);
    if (jobs.length < room) look.foundAll();
    this.#leases.hold(jobs, sinceMs);
    this.#ready.push(...jobs);
    this.#begin();
  }

  #begin(): void {
    while (this.#running.size < this.options.work.concurrency && this.#drained === undefined) {
      const job = this.#ready.shift();
      if (job === undefined) break;
      this.#start(job);
    }
    this.#watchHold();
  }

  #start(job: ClaimedJob): void {
    const { table, clock, handler, work } = this.options;
    const { id, tenant, tries } = job;
    const begunMs = clock.elapsed();
    const facts = { id, queue: table.queue, tenant, payload: payloadOf(job), attempt: tries + 1 };
    const attempt = startAttempt(facts, handler, { timeoutMs: work.timeoutMs, clock });
    const settled = attempt.ended.then((end) => {
      this.#ahead.note(clock.elapsed() - begunMs);
      this.#settle(job, end);
    });
    this.#running.set(id, { attempt, settled });
  }

  #settle(job: ClaimedJob, end: AttemptEnd): void {
    const { work, random } = this.options;
    if (!this.#running.delete(job.id)) return; // it was lost to somebody else
    this.#leases.release(job);
    if (end.kind === "done") this.#settlement.add({ kind: "done", job });
    else if (end.kind === "stopped") this.#settlement.add({ kind: "given-back", job });
    else this.#settlement.add({ kind: "failed", failed: toFailedJob(job, end.error, work, random) });
    this.#begin();
    this.#signal.room();
  }

  #lose(job: ClaimedJob): void {
    const running = this.#running.get(job.id);
    this.#running.delete(job.id);
    const index = this.#ready.indexOf(job);
    if (index >= 0) this.#ready.splice(index, 1);
    running?.attempt.stop(lostJob(this.options.table.queue));
    this.#begin();
    this.#signal.room();
  }

  /** Sees to it that claimed jobs don't wait long behind others, which somebody else could do. */
  #watchHold(): void {
    this.#hold?.cancel();
    this.#hold = undefined;
    if (this.#ready.length === 0) return;
    this.#hold = this.options.clock.schedule(LONGEST_HOLD_MS, () => {
      this.#ahead.forget();
      this.#giveBackReady();
    });
  }

  #giveBackReady(): void {
    for (const job of this.#ready.splice(0)) {
      this.#leases.release(job);
      this.#settlement.add({ kind: "given-back", job });
    }
  }

  async #drain(timeoutMs: number): Promise<void> {
    const { clock, table, onDrained } = this.options;
    const over = new AbortController();
    const waited = timeoutMs > 0 ? wait(clock, timeoutMs, over.signal) : Promise.resolve();
    const timeUp = waited.catch(() => {}); // ended below, once it is not needed
    this.#stop.abort();
    this.#signal.close();
    await this.#claiming;
    this.#hold?.cancel();
    this.#giveBackReady();
    const settled = Promise.all([...this.#running.values()].map((running) => running.settled));
    await Promise.race([settled, timeUp]);
    over.abort();
    for (const { attempt } of this.#running.values()) attempt.stop(workerStopped(table.queue));
    await settled;
    this.#leases.close();
    await this.#settlement.close();
    onDrained();
  }
}

function lostJob(queue: string): SalesAgentError<"job.unavailable"> {
  return new SalesAgentError("job.unavailable", {
    message: `A job of queue ${queue} was lost: this process gave no sign of life for the time of its lease, and another may have it.`,
    facts: {},
    replay: "unsafe",
  });
}
