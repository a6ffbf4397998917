import {
  type CallOptions,
  type Clock,
  createSortableIds,
  type Job,
  type JobEngine,
  type JobRequest,
  type PageRequest,
  systemClock,
  type TenantStores,
  type Worker,
  type WorkOptions,
} from "@salesagent/ports";
import {
  checkQueue,
  closedEngine,
  fromPayloadText,
  resolveWork,
  type ScheduleRequest,
  toNormalJob,
  toNormalSchedule,
} from "@salesagent/ports/job-rules";
import { checkTenant, toMentions } from "@salesagent/ports/store-rules";
import { DeadJobs } from "./dead-jobs.js";
import { JobIntake } from "./job-intake.js";
import { JobQueue, type QueuedJob } from "./job-queue.js";
import { JobSchedules } from "./job-schedules.js";
import { MemoryWorker } from "./memory-worker.js";
import { now } from "./store-context.js";

export interface MemoryJobsOptions {
  /** Decides when jobs are due, when they took too long, and when schedules run. @defaultValue systemClock */
  readonly clock?: Clock;
  /** Spreads retries in time; in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
  /** Makes the ids of jobs; each must be new. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: () => string;
}

/**
 * A job engine in the memory of this process: for tests, scripts and single processes that may forget. Waiting alone, for a
 * delayed job or a schedule, does not hold the process open.
 */
export function memoryJobs({
  clock = systemClock,
  random = Math.random,
  createId = createSortableIds(clock),
}: MemoryJobsOptions = {}): JobEngine {
  return new MemoryJobs(clock, random, createId);
}

class MemoryJobs implements JobEngine {
  readonly port = "job-engine/1";
  readonly supports = { durable: false };
  readonly deadLetters: JobEngine["deadLetters"];
  readonly #queues = new Map<string, JobQueue>();
  readonly #workers = new Set<MemoryWorker>();
  readonly #dead = new DeadJobs();
  readonly #intake: JobIntake;
  readonly #schedules: JobSchedules;
  #closed = false;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    createId: () => string,
  ) {
    this.#intake = new JobIntake((name) => this.#queueOf(name), createId);
    this.#schedules = new JobSchedules(clock, (job) => void this.#intake.add([job]));
    this.deadLetters = {
      list: async (filter, page?: PageRequest, call?: CallOptions) => {
        this.#admit(call);
        return this.#dead.list(filter, page);
      },
      replay: async (id, call) => {
        this.#admit(call);
        return this.#replay(id);
      },
      discard: async (id, call) => {
        this.#admit(call);
        return this.#dead.remove(id);
      },
    };
  }

  async enqueue(
    job: JobRequest,
    options?: CallOptions & { readonly in?: TenantStores },
  ): Promise<string | undefined> {
    this.#admit(options);
    const normal = toNormalJob(job);
    if (options?.in !== undefined) return this.#intake.addIn(options.in, normal, options.signal);
    const [id] = await this.#intake.add([normal], options?.signal);
    return id;
  }

  async enqueueMany(
    jobs: readonly JobRequest[],
    call?: CallOptions,
  ): Promise<readonly (string | undefined)[]> {
    this.#admit(call);
    const normal = jobs.map((job, index) => toNormalJob(job, `jobs[${index}].`));
    return this.#intake.add(normal, call?.signal);
  }

  async work(queue: string, handler: (job: Job) => Promise<void>, options?: WorkOptions): Promise<Worker> {
    this.#admit(undefined);
    checkQueue(queue);
    const resolved = resolveWork(options);
    const jobs = this.#queueOf(queue);
    const worker: MemoryWorker = new MemoryWorker({
      ...resolved,
      clock: this.clock,
      queueName: queue,
      queue: jobs,
      handler,
      onDrained: () => this.#workers.delete(worker),
    });
    this.#workers.add(worker);
    jobs.join(worker);
    return worker;
  }

  async schedule(schedule: ScheduleRequest, call?: CallOptions): Promise<void> {
    this.#admit(call);
    this.#schedules.put(toNormalSchedule(schedule));
  }

  async unschedule(name: string, call?: CallOptions): Promise<void> {
    this.#admit(call);
    this.#schedules.remove(name);
  }

  async forget(who: Parameters<JobEngine["forget"]>[0], call?: CallOptions): Promise<number> {
    this.#admit(call);
    checkTenant(who.tenant);
    const mentions = toMentions(who);
    const isAbout = ({ tenant, payloadText }: QueuedJob) =>
      tenant === who.tenant && mentions.isIn(fromPayloadText(payloadText));
    const waiting = [...this.#queues.values()].map((queue) => queue.forget(isAbout));
    return waiting.reduce((sum, count) => sum + count, this.#dead.forget(isAbout));
  }

  async counts(call?: CallOptions) {
    this.#admit(call);
    return [...this.#queues]
      .map(([queue, { waiting, running }]) => ({ queue, waiting, running }))
      .filter(({ waiting, running }) => waiting + running > 0)
      .sort((left, right) => (left.queue < right.queue ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#schedules.close();
    await Promise.all([...this.#workers].map((worker) => worker.drain()));
    for (const queue of this.#queues.values()) queue.close();
  }

  #admit(call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (this.#closed) throw closedEngine();
  }

  #queueOf(name: string): JobQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new JobQueue({
        clock: this.clock,
        random: this.random,
        onDead: (job, error) => this.#dead.add(job, error, now(this.clock)),
      });
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #replay(id: string): boolean {
    const job = this.#dead.find(id);
    if (job === undefined || !this.#intake.addAgain(job)) return false;
    return this.#dead.remove(id);
  }
}
