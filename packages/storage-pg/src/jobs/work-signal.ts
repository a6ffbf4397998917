import type { Clock, Timer } from "@salesagent/ports";

/** A timer of the platform that only keeps the process alive. */
const FOR_EVER_MS = 2 ** 31 - 1;
/** Jobs that are due but not to be had are in other hands just now. */
const SHORTEST_WAIT_MS = 20;

export interface WorkSignalOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** How often to look for jobs that nobody told of. */
  readonly pollMs: number;
}

/** Tells a worker when to look for jobs. */
export class WorkSignal {
  #quiet = false;
  #wakes = 0;
  #ring: (() => void) | undefined;
  #timer: { readonly timer: Timer; readonly dueMs: number } | undefined;
  #closed = false;

  constructor(private readonly options: WorkSignalOptions) {}

  /** Nothing was left when the worker looked last, and nobody told of more. */
  get isQuiet(): boolean {
    return this.#quiet;
  }

  /** The worker looks now. @returns Is told when it found all that there was. */
  look(): { foundAll(): void } {
    const before = this.#wakes;
    return {
      foundAll: () => {
        if (this.#wakes === before) this.#quiet = true; // else more may have come since
      },
    };
  }

  /** There may be jobs in so long. */
  wakeIn(waitMs: number): void {
    if (this.#closed) return;
    if (waitMs <= 0) {
      this.#wake();
      return;
    }
    const dueMs = this.options.clock.elapsed() + waitMs;
    if (this.#timer !== undefined && this.#timer.dueMs <= dueMs) return;
    this.#timer?.timer.cancel();
    const timer = this.options.clock.schedule(waitMs, () => {
      this.#timer = undefined;
      this.#wake();
    });
    this.#timer = { timer, dueMs };
  }

  /** A job ended, so that another may be claimed. */
  room(): void {
    this.#ring?.();
  }

  async untilRoom(): Promise<void> {
    await this.#untilRung();
  }

  /**
   * Waits until there may be jobs. Who is woken while the answer is on its way does not wait for it.
   *
   * @param nextDueMs - Asks when the next is due that waits.
   */
  async untilWoken(nextDueMs: () => Promise<number | undefined>): Promise<void> {
    const wakes = this.#wakes;
    const { pollMs, random } = this.options;
    let failure: { readonly error: unknown } | undefined;
    nextDueMs().then(
      (dueMs = Number.POSITIVE_INFINITY) =>
        this.wakeIn(Math.min(pollMs * (1 + random() / 4), Math.max(dueMs, SHORTEST_WAIT_MS))),
      (error: unknown) => {
        failure = { error };
        this.#ring?.();
      },
    );
    while (this.#wakes === wakes && !this.#closed && failure === undefined) await this.#untilRung();
    if (this.#wakes === wakes && failure !== undefined) throw failure.error;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.timer.cancel();
    this.#ring?.();
  }

  #wake(): void {
    this.#wakes += 1;
    this.#quiet = false;
    this.#ring?.();
  }

  async #untilRung(): Promise<void> {
    if (this.#closed) return;
    const alive = setInterval(() => {}, FOR_EVER_MS);
    await new Promise<void>((resolve) => {
      this.#ring = resolve;
    });
    this.#ring = undefined;
    clearInterval(alive);
  }
}
