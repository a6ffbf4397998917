import type { Clock, Storage } from "@salesagent/ports";

const FRESH_MS = 1_000;
const LIMIT_MS = 2_000;

/** Whether the storage answers. It is asked once a second at most, however many outsiders want to know. */
export class Readiness {
  readonly #storage: Pick<Storage, "ping">;
  readonly #clock: Clock;
  #asked: { readonly atMs: number; readonly answer: Promise<boolean> } | undefined;

  constructor(storage: Pick<Storage, "ping">, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  ask(): Promise<boolean> {
    const now = this.#clock.elapsed();
    if (this.#asked && now - this.#asked.atMs < FRESH_MS) return this.#asked.answer;
    const answer = this.#ping();
    this.#asked = { atMs: now, answer };
    return answer;
  }

  #ping(): Promise<boolean> {
    return new Promise<boolean>((resolve) => {
      const caller = new AbortController();
      const timer = this.#clock.schedule(LIMIT_MS, () => {
        caller.abort(new Error("the storage took too long"));
        resolve(false);
      });
      this.#storage
        .ping({ signal: caller.signal })
        .then(() => resolve(true))
        .catch(() => resolve(false))
        .finally(() => timer.cancel());
    });
  }
}
