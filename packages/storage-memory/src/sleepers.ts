import { type Clock, onAbort, type Timer } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";

interface Sleeper {
  readonly untilMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** When something is due that sleepers wait for. */
export interface Alarm {
  readonly nextMs: number | undefined;
  /** Looks what became due by now, and tells of it. */
  mature(): void;
}

/** Workers that sleep. However many there are, and whatever is due when, they share one timer; without them there is none. */
export class Sleepers {
  readonly #sleepers = new Set<Sleeper>();
  #timer: Timer | undefined;
  /** Something became due since it was looked for the last time. */
  #hasNews = false;

  constructor(
    private readonly clock: Clock,
    private readonly alarm: Alarm,
  ) {}

  /** Something became due. */
  wake(): void {
    this.#hasNews = true;
    for (const sleeper of this.#sleepers) this.#release(sleeper);
  }

  /** Sets the timer to the next time at which something is due, or a sleep is over. */
  arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#sleepers.size === 0) return;
    let nextMs = this.alarm.nextMs ?? Number.POSITIVE_INFINITY;
    for (const { untilMs } of this.#sleepers) nextMs = Math.min(nextMs, untilMs);
    this.#timer = this.clock.schedule(Math.max(0, nextMs - this.clock.now()), () => this.#ring());
  }

  /** @param isAll - All that was due was found. */
  looked(isAll: boolean): void {
    this.#hasNews = !isAll;
  }

  async sleep(maxMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.alarm.mature();
    if (maxMs === 0 || this.#hasNews) return;
    let leave = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        const sleeper = { untilMs: this.clock.now() + maxMs, resolve, reject };
        const unlink = signal === undefined ? () => {} : onAbort(signal, () => reject(signal.reason));
        leave = () => {
          unlink();
          this.#sleepers.delete(sleeper);
        };
        this.#sleepers.add(sleeper);
        this.arm();
      });
    } finally {
      leave();
      this.arm();
    }
  }

  close(): void {
    for (const { reject } of this.#sleepers) reject(closedStore("queue", "The storage"));
  }

  #release(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
    sleeper.resolve();
  }

  #ring(): void {
    this.alarm.mature();
    const nowMs = this.clock.now();
    for (const sleeper of this.#sleepers) if (sleeper.untilMs <= nowMs) this.#release(sleeper);
    this.arm();
  }
}
