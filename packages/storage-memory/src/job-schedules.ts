import type { Clock, Timer } from "@salesagent/ports";
import type { NormalJob, NormalSchedule } from "@salesagent/ports/job-rules";

/** The longest that the clock is not looked at: it may be set anew, or the machine may sleep. */
const LONGEST_WAIT_MS = 60_000;

interface Entry {
  readonly schedule: NormalSchedule;
  dueMs: number;
}

/** Enqueues jobs by the clock. */
export class JobSchedules {
  readonly #entries = new Map<string, Entry>();
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly enqueue: (job: NormalJob) => void,
  ) {}

  put(schedule: NormalSchedule): void {
    const dueMs = schedule.nextRun(this.clock.now());
    this.#entries.set(schedule.name, { schedule, dueMs });
    this.#setTimer();
  }

  remove(name: string): void {
    this.#entries.delete(name);
    this.#setTimer();
  }

  close(): void {
    this.#entries.clear();
    this.#setTimer();
  }

  #setTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#entries.size === 0) return;
    const dueMs = Math.min(...[...this.#entries.values()].map((entry) => entry.dueMs));
    const waitMs = Math.min(Math.max(0, dueMs - this.clock.now()), LONGEST_WAIT_MS);
    this.#timer = this.clock.schedule(waitMs, () => this.#run());
  }

  #run(): void {
    const now = this.clock.now();
    for (const entry of this.#entries.values()) {
      if (entry.dueMs > now) continue;
      entry.dueMs = entry.schedule.nextRun(now); // however many runs were missed, one is made up for
      this.enqueue(entry.schedule.job);
    }
    this.#setTimer();
  }
}
