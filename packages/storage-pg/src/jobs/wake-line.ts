import type { Clock, Timer } from "@salesagent/ports";
import type { Listen, Listening } from "../listening.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface WakeLineOptions {
  /** Undefined where nobody can be told. */
  readonly listen: Listen | undefined;
  readonly channel: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Jobs of a queue are due in so long; of any queue, where none is named. */
  readonly onTold: (waitMs: number, queue?: string) => void;
}

/** Listens for jobs, from the first worker on. A line that broke is made anew. */
export class WakeLine {
  #listening: Listening | undefined;
  #open = false;
  #closed = false;
  #failures = 0;
  #pause: Timer | undefined;

  constructor(private readonly options: WakeLineOptions) {}

  open(): void {
    if (this.#open || this.#closed) return;
    this.#open = true;
    void this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#pause?.cancel();
    this.#listening?.close();
    this.#listening = undefined;
  }

  async #connect(): Promise<void> {
    const { listen, channel, onTold, onError } = this.options;
    if (listen === undefined || this.#closed) return;
    let lost = false;
    const lose = () => {
      if (lost) return;
      lost = true;
      this.#listening?.close();
      this.#listening = undefined;
      this.#connectLater();
    };
    try {
      const listening = await listen(channel, { told: (payload) => tell(payload, onTold), lost: lose });
      if (this.#closed || lost) return listening.close();
      this.#listening = listening;
      this.#failures = 0;
      onTold(0); // something may have come before it listened
    } catch (error) {
      onError(error);
      lose();
    }
  }

  #connectLater(): void {
    if (this.#closed) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#pause = this.options.clock.schedule(pauseMs, () => void this.#connect());
  }
}

function tell(payload: string, onTold: WakeLineOptions["onTold"]): void {
  const space = payload.indexOf(" ");
  const waitMs = Number(payload.slice(0, space));
  if (space > 0 && waitMs >= 0) onTold(waitMs, payload.slice(space + 1));
}
