import type {
  CallOptions,
  Job,
  JobEngine,
  JobRequest,
  TenantStores,
  Worker,
  WorkOptions,
} from "@salesagent/ports";
import { untilAborted } from "@salesagent/ports";
import {
  checkQueue,
  closedEngine,
  resolveWork,
  type ScheduleRequest,
  toNormalJob,
  toNormalSchedule,
} from "@salesagent/ports/job-rules";
import { checkTenant, toMentions } from "@salesagent/ports/store-rules";
import { number, text } from "../columns.js";
import { Connections } from "../connections.js";
import { lazyPool } from "../lazy-pool.js";
import { createListen } from "../listening.js";
import { createScrubber } from "../scrub.js";
import { Boss } from "./boss.js";
import { JobDatabase } from "./job-database.js";
import { type PgBossJobsOptions, type ResolvedJobsOptions, resolveJobsOptions } from "./job-options.js";
import { channelOf, createJobStatements, type JobStatements, SCHEDULES } from "./job-statements.js";
import { JobTable } from "./job-table.js";
import { createDeadLetters } from "./pg-dead-letters.js";
import { PgForget } from "./pg-forget.js";
import { PgIntake } from "./pg-intake.js";
import { PgSchedules } from "./pg-schedules.js";
import { PgWorker } from "./pg-worker.js";
import { WakeLine } from "./wake-line.js";

/**
 * A job engine in PostgreSQL, for any number of processes, on the tables of the peer `pg-boss` 10. Nothing is loaded or
 * connected before the first call, which makes the tables where they are missing.
 *
 * A job is in one worker's hands at a time. When its process dies, it comes back after its lease: with the defaults, 15 to 20
 * seconds later.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function pgBossJobs(options: PgBossJobsOptions): JobEngine {
  return new PgBossJobs(resolveJobsOptions(options));
}

class PgBossJobs implements JobEngine {
  readonly port = "job-engine/1";
  readonly supports = { durable: true };
  readonly deadLetters: JobEngine["deadLetters"];
  readonly #pool: ReturnType<typeof lazyPool>;
  readonly #database: JobDatabase;
  readonly #statements: JobStatements;
  readonly #boss: Boss;
  readonly #intake: PgIntake;
  readonly #schedules: PgSchedules;
  readonly #forget: PgForget;
  readonly #line: WakeLine;
  readonly #workers = new Map<PgWorker, string>();
  #closing: Promise<void> | undefined;

  constructor(private readonly options: ResolvedJobsOptions) {
    const { connection, pooling, schema, clock, onError } = options;
    this.#pool = lazyPool(connection);
    const secret = "pool" in connection ? undefined : connection.connectionString;
    const connections = new Connections(this.#pool.open, pooling, createScrubber(secret));
    this.#database = new JobDatabase(connections, options);
    this.#statements = createJobStatements(schema);
    this.#boss = new Boss(schema, this.#database, this.#statements);
    const parts = { boss: this.#boss, database: this.#database, statements: this.#statements };
    this.#intake = new PgIntake({ ...options, ...parts });
    this.#schedules = new PgSchedules({ ...options, ...parts });
    this.#forget = new PgForget(schema, this.#database);
    const onTold = (waitMs: number, queue?: string) => this.#tell(waitMs, queue);
    this.#line = new WakeLine({
      listen: createListen(options),
      channel: channelOf(schema),
      clock,
      onError,
      onTold,
    });
    this.deadLetters = createDeadLetters(this.#database, this.#statements, async (call) => {
      this.#admit(call);
      await untilAborted(this.#boss.start(), call?.signal);
    });
  }

  async enqueue(
    job: JobRequest,
    options?: CallOptions & { readonly in?: TenantStores },
  ): Promise<string | undefined> {
    this.#admit(options);
    const normal = toNormalJob(job);
    if (options?.in !== undefined) return this.#intake.addIn(options.in, normal, options.signal);
    const [id] = await untilAborted(this.#intake.add([normal], options?.signal), options?.signal);
    return id;
  }

  async enqueueMany(
    jobs: readonly JobRequest[],
    call?: CallOptions,
  ): Promise<readonly (string | undefined)[]> {
    this.#admit(call);
    const normal = jobs.map((job, index) => toNormalJob(job, `jobs[${index}].`));
    return untilAborted(this.#intake.add(normal, call?.signal), call?.signal);
  }

  async work(queue: string, handler: (job: Job) => Promise<void>, options?: WorkOptions): Promise<Worker> {
    this.#admit(undefined);
    checkQueue(queue);
    const work = resolveWork(options);
    await this.#boss.ensureQueues([queue]);
    this.#admit(undefined);
    const table = new JobTable(queue, this.#boss, this.#database, this.#statements);
    const onDrained = () => this.#workers.delete(worker);
    const worker: PgWorker = new PgWorker({ ...this.options, table, handler, work, onDrained });
    this.#workers.set(worker, queue);
    this.#line.open();
    this.#schedules.open();
    return worker;
  }

  async schedule(schedule: ScheduleRequest, call?: CallOptions): Promise<void> {
    this.#admit(call);
    const normal = toNormalSchedule(schedule);
    await untilAborted(this.#schedules.put(normal, call?.signal), call?.signal);
  }

  async unschedule(name: string, call?: CallOptions): Promise<void> {
    this.#admit(call);
    await untilAborted(this.#schedules.remove(name, call?.signal), call?.signal);
  }

  async forget(who: Parameters<JobEngine["forget"]>[0], call?: CallOptions): Promise<number> {
    this.#admit(call);
    checkTenant(who.tenant);
    const mentions = toMentions(who);
    await untilAborted(this.#boss.start(), call?.signal);
    return untilAborted(this.#forget.forget(who.tenant, mentions, call?.signal), call?.signal);
  }

  async counts(call?: CallOptions) {
    this.#admit(call);
    await untilAborted(this.#boss.start(), call?.signal);
    const rows = await this.#database.run(this.#statements.counts, [], call?.signal);
    return rows.map((row) => ({
      queue: text(row, "name"),
      waiting: number(row, "waiting"),
      running: number(row, "running"),
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const workers = [...this.#workers.keys()].map((worker) => worker.drain());
    this.#line.close();
    await Promise.all([...workers, this.#schedules.close()]);
    await this.#pool.close();
  }

  #admit(call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (this.#closing !== undefined) throw closedEngine();
  }

  #tell(waitMs: number, queue: string | undefined): void {
    for (const [worker, worked] of this.#workers) {
      if (queue === undefined || queue === worked) worker.wakeIn(waitMs);
    }
    if (queue === undefined || queue === SCHEDULES) this.#schedules.look();
  }
}
