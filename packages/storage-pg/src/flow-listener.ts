import { type CallOptions, type Clock, untilAborted, wait } from "@salesagent/ports";
import { checkWhole, closedStore } from "@salesagent/ports/store-rules";
import type { Listen, Listening } from "./listening.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface FlowListenerOptions {
  /** Undefined where nobody can be told, and all look again now and then. */
  readonly listen: Listen | undefined;
  readonly channel: string;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Wakes the workers of a process that sleep. It listens from the first sleep on, over one connection; when that is lost, it
 * connects again as somebody sleeps, later after each failure, and they look for work every `pollMs` meanwhile.
 */
export class FlowListener {
  /** How often something may have become due, and how much of that was looked at by a claim. */
  #told = 0;
  #looked = 0;
  readonly #sleepers = new Set<() => void>();
  #listening: Listening | undefined;
  #connecting = false;
  #closed = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: FlowListenerOptions) {}

  /** A claim begins: it sees all that was told so far. */
  look(): void {
    this.#looked = this.#told;
  }

  /** Sleeps until something is told, or for so long. @throws `store.closed` as soon as the listener is closed. */
  async wait(maxMs: number, call: CallOptions | undefined): Promise<void> {
    checkWhole("queue", "maxMs", maxMs);
    this.#connect();
    if (this.#told === this.#looked) await this.#sleep(maxMs, call?.signal);
    if (this.#closed) throw closedStore("queue", "The storage");
  }

  close(): void {
    this.#closed = true;
    this.#listening?.close();
    this.#listening = undefined;
    this.#wake();
  }

  async #sleep(maxMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, pollMs } = this.options;
    const sleepMs = this.#listening === undefined ? Math.min(maxMs, pollMs) : maxMs;
    const over = new AbortController();
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#sleepers.add(wake);
    const slept = wait(clock, sleepMs, over.signal).catch(() => {}); // ended below, once it is not needed
    try {
      await untilAborted(Promise.race([woken, slept]), signal);
    } finally {
      this.#sleepers.delete(wake);
      over.abort();
    }
  }

  #wake(): void {
    this.#told += 1;
    for (const wake of this.#sleepers) wake();
  }

  /** Begins to listen, where it isn't and its time has come. */
  #connect(): void {
    const { listen, channel, clock } = this.options;
    if (listen === undefined || this.#closed || this.#connecting || this.#listening !== undefined) return;
    if (clock.elapsed() < this.#notBefore) return;
    this.#connecting = true;
    let lost = false;
    const on = {
      told: () => this.#wake(),
      lost: () => {
        lost = true;
        this.#lose();
      },
    };
    listen(channel, on).then(
      (listening) => {
        this.#connecting = false;
        if (this.#closed || lost) return listening.close();
        this.#listening = listening;
        this.#failures = 0;
        this.#wake(); // something may have been told before it listened
      },
      () => {
        this.#connecting = false;
        this.#pause();
      },
    );
  }

  #lose(): void {
    const listening = this.#listening;
    if (listening === undefined) return;
    this.#listening = undefined;
    listening.close();
    this.#pause();
    this.#wake(); // who sleeps looks again every pollMs from now on
  }

  #pause(): void {
    const { clock, random } = this.options;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#notBefore = clock.elapsed() + pauseMs * (0.5 + random() / 2);
  }
}
