/** All that waits for one signal, behind a single listener. */
class AbortFan {
  readonly #signal: AbortSignal;
  readonly #tasks = new Map<object, () => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#run);
  }

  add(task: () => void): () => void {
    const key = {};
    this.#tasks.set(key, task);
    return () => {
      if (this.#tasks.delete(key) && this.#tasks.size === 0) this.#close();
    };
  }

  readonly #run = () => {
    this.#close();
    const failures: unknown[] = [];
    // A task that an earlier one called off is not in the map any more, and so is not reached.
    for (const [key, task] of this.#tasks) {
      this.#tasks.delete(key);
      try {
        task();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };

  #close(): void {
    FANS.delete(this.#signal);
    this.#signal.removeEventListener("abort", this.#run);
  }
}

const FANS = new WeakMap<AbortSignal, AbortFan>();

/**
 * Runs a task when a signal aborts. However many tasks wait for a signal, it has one listener, and none when the last was
 * called off: hosts share one signal among hundreds of runs, and Node warns of a leak at the eleventh listener.
 *
 * @param task - Is not run when the signal has aborted already.
 * @returns Calls it off; after that, or after the abort, it does nothing.
 */
export function onAbort(signal: AbortSignal, task: () => void): () => void {
  let fan = FANS.get(signal);
  if (!fan) {
    fan = new AbortFan(signal);
    FANS.set(signal, fan);
  }
  return fan.add(task);
}
