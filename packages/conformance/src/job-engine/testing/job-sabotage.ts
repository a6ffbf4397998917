import type { Job, JobEngine, JobRequest } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { manualClock } from "../../manual-clock.js";
import type { JobEngineSetup } from "../job-suite.js";

/** A sound engine in a world of its own. */
export function soundSetup(change: (engine: JobEngine) => Partial<JobEngine> = () => ({})): JobEngineSetup {
  const clock = manualClock();
  const sound = memoryJobs({ clock });
  return {
    engine: withChange(sound, change(sound)),
    storage: memoryStorage({ clock }),
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => sound[Symbol.asyncDispose](),
  };
}

/** The engine, but for some of its members. */
function withChange(sound: JobEngine, change: Partial<JobEngine>): JobEngine {
  const { port, supports, deadLetters } = sound;
  return {
    port,
    supports,
    deadLetters,
    enqueue: (job, options) => sound.enqueue(job, options),
    enqueueMany: (jobs, call) => sound.enqueueMany(jobs, call),
    work: (queue, handler, options) => sound.work(queue, handler, options),
    schedule: (schedule, call) => sound.schedule(schedule, call),
    unschedule: (name, call) => sound.unschedule(name, call),
    forget: (who, call) => sound.forget(who, call),
    counts: (call) => sound.counts(call),
    [Symbol.asyncDispose]: () => sound[Symbol.asyncDispose](),
    ...change,
  };
}

/** An engine that is broken in one way, and the cases that notice. */
export interface Sabotage {
  readonly change: (engine: JobEngine) => Partial<JobEngine>;
  readonly fails: readonly string[];
}

type Change = Sabotage["change"];

export const changingJobs =
  (change: (job: JobRequest) => JobRequest): Change =>
  (engine) => ({
    enqueue: (job, options) => engine.enqueue(change(job), options),
    enqueueMany: (jobs, call) => engine.enqueueMany(jobs.map(change), call),
  });

export const changingHandlers =
  (change: (handler: (job: Job) => Promise<void>) => (job: Job) => Promise<void>): Change =>
  (engine) => ({ work: (queue, handler, options) => engine.work(queue, change(handler), options) });

export const changingDead =
  (change: (dead: JobEngine["deadLetters"]) => Partial<JobEngine["deadLetters"]>): Change =>
  (engine) => ({ deadLetters: { ...engine.deadLetters, ...change(engine.deadLetters) } });
