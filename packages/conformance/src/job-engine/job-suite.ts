import type { Job, JobEngine, JobRequest, Storage } from "@salesagent/ports";
import type { Runner } from "../runner.js";

/** A job engine, and what a case does to its world. */
export interface JobEngineSetup extends AsyncDisposable {
  /** Fresh and empty. Retries may spread in time as they do. */
  readonly engine: JobEngine;
  /** The engine's time, in milliseconds since the epoch. */
  now(): number;
  /** Lets time go by, as the engine sees it; up to some days, in no time. */
  pass(ms: number): Promise<void>;
  /** A storage in whose transactions the engine enqueues. */
  readonly storage: Storage;
  /** Another engine over the same jobs, as another process would have it. Needed where the engine says that it is durable. */
  reopen?(): Promise<JobEngine>;
}

/** What every part of the suite works with. */
export interface JobSuite extends Runner {
  readonly open: () => Promise<JobEngineSetup>;
  readonly eventually: Eventually;
}

/** Waits until a check passes. @throws What the last check threw, when it never passes. */
export type Eventually = (check: () => void | Promise<void>) => Promise<void>;

const LOOK_EVERY_MS = 2;

/** @param patienceMs - How long to wait for what must come, in real milliseconds. */
export function createEventually(patienceMs: number): Eventually {
  return async (check) => {
    const started = performance.now();
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (performance.now() - started > patienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
  };
}

/** Works on a queue to the end of the case, which doesn't wait for jobs that still run then. */
export async function workOn(
  engine: JobEngine,
  ...work: Parameters<JobEngine["work"]>
): Promise<AsyncDisposable> {
  const worker = await engine.work(...work);
  return { [Symbol.asyncDispose]: () => worker.drain({ timeoutMs: 0 }) };
}

export function sampleJob(change: Partial<JobRequest> = {}): JobRequest {
  return { queue: "mail", tenant: "acme", payload: null, ...change };
}

/** Jobs whose payloads are names. */
export function namedJobs(...names: readonly string[]): readonly JobRequest[] {
  return names.map((payload) => sampleJob({ payload }));
}

/** A handler that takes notes, and holds each job until it is told how it ends. */
export interface HeldHandler {
  readonly handler: (job: Job) => Promise<void>;
  /** All that began, in order. */
  readonly begun: readonly Job[];
  /** Payloads of all that began. */
  names(): readonly unknown[];
  /** Ends the oldest job that runs, or the oldest of this payload. */
  finish(name?: string): void;
  fail(error: unknown, name?: string): void;
  finishAll(): void;
  readonly running: number;
  readonly mostAtOnce: number;
}

export function holdJobs(): HeldHandler {
  const begun: Job[] = [];
  const held: { job: Job; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let mostAtOnce = 0;
  const take = (name: string | undefined) => {
    const index = name === undefined ? 0 : held.findIndex(({ job }) => job.payload === name);
    const [entry] = held.splice(index, 1);
    if (entry === undefined) throw new Error(`no job ${name ?? ""} is running`);
    return entry;
  };
  return {
    handler: (job) => {
      begun.push(job);
      return new Promise<void>((resolve, reject) => {
        held.push({ job, resolve, reject });
        mostAtOnce = Math.max(mostAtOnce, held.length);
      });
    },
    begun,
    names: () => begun.map(({ payload }) => payload),
    finish: (name) => take(name).resolve(),
    fail: (error, name) => take(name).reject(error),
    finishAll() {
      for (const { resolve } of held.splice(0)) resolve();
    },
    get running() {
      return held.length;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
  };
}

/** A handler that takes notes and is done at once. */
export function noteJobs(): { readonly handler: (job: Job) => Promise<void>; readonly jobs: readonly Job[] } {
  const jobs: Job[] = [];
  return { handler: async (job) => void jobs.push(job), jobs };
}

/** How many jobs of a queue wait and run. */
export async function countOf(
  engine: JobEngine,
  queue = "mail",
): Promise<{ waiting: number; running: number }> {
  const found = (await engine.counts()).find((row) => row.queue === queue);
  return { waiting: found?.waiting ?? 0, running: found?.running ?? 0 };
}
