import { createHash } from "node:crypto";
import type { Clock, Timer } from "@salesagent/ports";
import { compileCron, type NormalJob, type NormalSchedule } from "@salesagent/ports/job-rules";
import { json, number, type Row, text } from "../columns.js";
import type { Boss } from "./boss.js";
import type { JobDatabase, RunStatement } from "./job-database.js";
import { type JobStatements, SCHEDULES } from "./job-statements.js";
import { toEnqueueValues } from "./job-table.js";

/** The longest that nobody looks: others may have put schedules, and clocks may be set. */
const LONGEST_WAIT_MS = 30_000;
const PAUSE_MS = 1000;

/** What pg-boss keeps as the data of a schedule. */
interface ScheduleData {
  readonly cron: string;
  readonly zone: string;
  readonly job: Omit<NormalJob, "key"> & { readonly key?: string };
}

export interface PgSchedulesOptions {
  readonly boss: Boss;
  readonly database: JobDatabase;
  readonly statements: JobStatements;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly leaseMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Enqueues jobs by the clock, once for all processes: each schedule is a row that says when it runs next, and who enqueues its
 * job moves that time in the same transaction.
 */
export class PgSchedules {
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #open = false;
  #closed = false;

  constructor(private readonly options: PgSchedulesOptions) {}

  async put(
    { name, cron, zone, job, nextRun }: NormalSchedule,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { boss, database, statements, clock } = this.options;
    await boss.ensureQueues([SCHEDULES, job.queue]);
    const data: ScheduleData = { cron, zone, job: withoutUndefined(job) };
    const values = [idOf(name), JSON.stringify(data), nextRun(clock.now())];
    await database.run(statements.putSchedule, values, signal);
    this.open();
    this.look();
  }

  async remove(name: string, signal: AbortSignal | undefined): Promise<void> {
    const { boss, database, statements } = this.options;
    await boss.ensureQueues([SCHEDULES]);
    await database.run(statements.removeSchedule, [idOf(name)], signal);
  }

  /** Begins to look at the clock. */
  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.look();
  }

  /** Looks now; if it is at it, once more after that, because it may have read before what the caller knows of. */
  look(): void {
    if (!this.#open || this.#closed) return;
    this.#timer?.cancel();
    this.#isAsked = true;
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    let waitMs = PAUSE_MS;
    while (this.#isAsked && !this.#closed) {
      this.#isAsked = false;
      waitMs = await this.#lookOnce();
    }
    this.#running = undefined;
    if (!this.#closed) this.#timer = this.options.clock.schedule(waitMs, () => this.look());
  }

  /** @returns How long to wait until the next look. */
  async #lookOnce(): Promise<number> {
    const { clock, onError } = this.options;
    try {
      const nextMs = await this.#enqueueDue();
      return Math.max(0, Math.min(nextMs - clock.now(), LONGEST_WAIT_MS));
    } catch (error) {
      onError(error);
      return PAUSE_MS;
    }
  }

  /** @returns When the next schedule runs. */
  async #enqueueDue(): Promise<number> {
    const { boss, database, statements, clock } = this.options;
    await boss.ensureQueues([SCHEDULES]);
    for (;;) {
      const [row] = await database.run(statements.nextSchedule, []);
      const dueMs = Number(row?.["due"] ?? Number.POSITIVE_INFINITY);
      if (dueMs > clock.now()) return dueMs;
      const moved = await database.transaction((run) => this.#enqueueAt(clock.now(), run));
      if (moved === 0) return clock.now() + PAUSE_MS; // another process is at it
    }
  }

  async #enqueueAt(nowMs: number, run: RunStatement): Promise<number> {
    const { statements, createId, leaseMs, onError } = this.options;
    const due = (await run(statements.dueSchedules, [nowMs])).map((row) =>
      toDueSchedule(row, nowMs, onError),
    );
    if (due.length === 0) return 0;
    const jobs = due.flatMap(({ job }) => (job === undefined ? [] : { id: createId(), job }));
    await run(statements.enqueue, toEnqueueValues(jobs, leaseMs));
    await run(statements.moveSchedules, [due.map(({ id }) => id), due.map(({ nextMs }) => nextMs)]);
    return due.length;
  }
}

interface DueSchedule {
  readonly id: string;
  readonly nextMs: number;
  readonly job: NormalJob | undefined;
}

/** However many runs were missed, one is made up for. A schedule that can't be read any more is put off for a day. */
function toDueSchedule(row: Row, nowMs: number, onError: (error: unknown) => void): DueSchedule {
  const id = text(row, "id");
  try {
    const { cron, zone, job } = json<ScheduleData>(row, "data");
    const nextMs = compileCron(job.queue, cron, zone)(Math.max(nowMs, number(row, "due")));
    return { id, nextMs, job: { ...job, key: job.key } };
  } catch (error) {
    onError(error);
    return { id, nextMs: nowMs + 86_400_000, job: undefined };
  }
}

function withoutUndefined({ key, ...job }: NormalJob): ScheduleData["job"] {
  return key === undefined ? job : { ...job, key };
}

/** A UUID that follows from a name. @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
