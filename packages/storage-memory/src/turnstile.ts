/** Lets one in at a time, in the order of arrival. */
export class Turnstile {
  #tail: Promise<void> = Promise.resolve();

  /**
   * Runs `task` when its turn comes.
   *
   * @param signal - Ends the wait; a task that began is its own affair.
   */
  async run<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const before = this.#tail;
    let leave: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#tail = before.then(() => left);
    try {
      await untilAborted(before, signal);
      return await task();
    } finally {
      leave();
    }
  }
}

/** What `work` comes to, or the signal's reason as soon as it aborts. `work` itself is not stopped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: () => void = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      work.then(resolve, reject);
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
