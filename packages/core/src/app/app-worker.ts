import type { Worker } from "@salesagent/ports";

/** Several workers as one: they are drained at once, each in the same time. */
export class AppWorker implements Worker {
  readonly #workers: readonly Worker[];

  constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  async drain(options?: { readonly timeoutMs?: number }): Promise<void> {
    await all(this.#workers.map((worker) => worker.drain(options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await all(this.#workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/** Waits for all of them, also where one fails. */
async function all(endings: readonly PromiseLike<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(endings)).find(({ status }) => status === "rejected");
  if (failed) throw (failed as PromiseRejectedResult).reason;
}
