import { type Clock, onAbort, SalesAgentError } from "@salesagent/ports";

/** How much is worked on at once. */
export interface WorkLineOptions {
  readonly clock: Clock;
  readonly most: number;
  readonly mostWaiting: number;
  /** How long one waits for a place, in milliseconds. */
  readonly waitMs: number;
  /** Told of the first that is refused in a minute. */
  readonly onError: (error: unknown) => void;
}

const NAME = "server.requests";
const MINUTE_MS = 60_000;

/** Works on so many requests at once; others wait in a line, and beyond it are refused, so that a flood is no flood of the storage. */
export class WorkLine {
  readonly #options: WorkLineOptions;
  /** Those that wait, by what lets them go on. */
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #quietUntilMs = 0;

  constructor(options: WorkLineOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws `bulkhead.full` where there is no place, also after the wait; the caller's reason; what the work throws. */
  async run<T>(work: () => Promise<T>, caller: AbortSignal): Promise<T> {
    if (this.#running < this.#options.most) this.#running += 1;
    else await this.#wait(caller);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** A place that comes free is handed to the next, and is never free between them. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#running -= 1;
  }

  #wait(caller: AbortSignal): Promise<void> {
    caller.throwIfAborted();
    const { clock, mostWaiting, waitMs } = this.#options;
    if (this.#waiting.size >= mostWaiting) throw this.#full();
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        this.#waiting.delete(enter);
        timer.cancel();
        release();
        end();
      };
      const enter = () => settle(resolve);
      const timer = clock.schedule(waitMs, () => settle(() => reject(this.#full())));
      const release = onAbort(caller, () => settle(() => reject(caller.reason)));
      this.#waiting.add(enter);
    });
  }

  #full(): SalesAgentError<"bulkhead.full"> {
    const { clock, onError } = this.#options;
    const { running, waiting } = this;
    const error = new SalesAgentError("bulkhead.full", {
      message: `${running} requests are worked on here and ${waiting} wait. Ask again in a moment.`,
      facts: { name: NAME, running, waiting },
      replay: "safe",
    });
    const now = clock.elapsed();
    if (now >= this.#quietUntilMs) {
      this.#quietUntilMs = now + MINUTE_MS;
      onError(error);
    }
    return error;
  }
}

/** Whether a request found no place here: the operator was told of it already, once for all. */
export const isCrowding = (error: unknown): boolean =>
  SalesAgentError.is(error, "bulkhead.full") && error.facts.name === NAME;
