import { onAbort, SalesAgentError } from "@salesagent/ports";
import { checkName, checkOption, checkWhole } from "./check-option.js";

/** How many calls run and wait. */
export interface BulkheadOptions {
  /** Names what is guarded, in errors; 1–400 characters. */
  readonly name: string;
  /** Calls that run at a time; a whole number ≥ 1. */
  readonly maxRunning: number;
  /** Calls that wait, beyond which more are refused; a whole number ≥ 0, or `Infinity`. @defaultValue 100 */
  readonly maxWaiting?: number;
}

/** A place among the running calls. */
export interface BulkheadPermit extends Disposable {
  /** Gives the place to the next in line. Twice is fine. */
  release(): void;
}

/** Holds the number of calls that run at a time, and lines up the rest, first come first served. */
export class Bulkhead {
  readonly name: string;
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** A set keeps the order and lets one in the middle go. */
  readonly #waiting = new Set<(permit: BulkheadPermit) => void>();
  #running = 0;

  /** @throws RangeError or TypeError naming the option that makes no sense. */
  constructor(options: BulkheadOptions) {
    const { name, maxRunning, maxWaiting = 100 } = options;
    checkName("bulkhead.name", name);
    checkWhole("bulkhead.maxRunning", maxRunning, 1);
    const isCount = (it: number) => it === Number.POSITIVE_INFINITY || (Number.isInteger(it) && it >= 0);
    checkOption("bulkhead.maxWaiting", maxWaiting, "a whole number ≥ 0, or Infinity", isCount);
    this.name = name;
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** A place if one is free. @returns Undefined when none is. */
  tryAcquire(): BulkheadPermit | undefined {
    // Who waits already was handed any place that came free, so none is free while somebody waits.
    if (this.#running >= this.maxRunning) return undefined;
    this.#running += 1;
    return this.#permit();
  }

  /**
   * A place, as soon as one is free.
   *
   * @param signal - Leaves the line when it aborts.
   * @throws SalesAgentError `bulkhead.full`; the signal's reason.
   */
  async acquire(signal?: AbortSignal): Promise<BulkheadPermit> {
    signal?.throwIfAborted();
    const free = this.tryAcquire();
    if (free) return free;
    if (this.#waiting.size >= this.maxWaiting) throw this.#full();
    const permit = await this.#inLine(signal);
    if (!signal?.aborted) return permit;
    // Called and aborted in the same turn: the place goes on to the next.
    permit.release();
    throw signal.reason;
  }

  /**
   * Runs a task in a place of its own.
   *
   * @param signal - Leaves the line when it aborts. A task that runs is the task's own affair.
   * @throws SalesAgentError `bulkhead.full`; the signal's reason; what the task throws.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const permit = await this.acquire(signal);
    try {
      return await task();
    } finally {
      permit.release();
    }
  }

  #inLine(signal: AbortSignal | undefined): Promise<BulkheadPermit> {
    return new Promise((resolve, reject) => {
      let unlink = () => {};
      const call = (permit: BulkheadPermit) => {
        unlink();
        resolve(permit);
      };
      this.#waiting.add(call);
      if (!signal) return;
      unlink = onAbort(signal, () => {
        this.#waiting.delete(call);
        reject(signal.reason);
      });
    });
  }

  #permit(): BulkheadPermit {
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      const [next] = this.#waiting;
      if (!next) {
        this.#running -= 1;
        return;
      }
      this.#waiting.delete(next);
      next(this.#permit());
    };
    return { release, [Symbol.dispose]: release };
  }

  #full(): SalesAgentError<"bulkhead.full"> {
    const { name, running, waiting } = this;
    return new SalesAgentError("bulkhead.full", {
      message: `${name} takes no more calls: ${running} run and ${waiting} wait. Try again later, or raise maxWaiting.`,
      facts: { name, running, waiting },
      replay: "safe",
    });
  }
}
