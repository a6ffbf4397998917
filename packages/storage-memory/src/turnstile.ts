import { untilAborted } from "@salesagent/ports";

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
