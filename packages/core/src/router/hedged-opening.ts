import type { Clock, Timer } from "@salesagent/ports";
import type { Candidate } from "./candidate.js";
import type { Running } from "./routing-setting.js";
import type { Turn } from "./turn.js";

/** When a second candidate is asked beside the first. */
export interface HedgeSettings {
  readonly percentile: number;
  readonly minSamples: number;
  readonly afterMs: number | undefined;
}

/** How long the first candidate may take to begin, in milliseconds; nothing when it is not hedged. */
export function hedgeDelayMs(hedge: HedgeSettings | undefined, { stats }: Candidate): number | undefined {
  if (!hedge) return undefined;
  return hedge.afterMs ?? stats.firstTokenPercentile(hedge.percentile, hedge.minSamples);
}

/** An attempt that is asked to begin. */
export interface Opening {
  /** What it began as; nothing when it failed and others may be asked. Rejects with what ends the call. */
  readonly opened: Promise<Running | undefined>;
  /** Lets go of it. */
  abandon(): void;
}

/** What a hedged opening works with. */
export interface HedgedOpeningInit {
  readonly first: Turn;
  readonly delayMs: number;
  readonly clock: Clock;
  readonly begin: (turn: Turn, isHedge: boolean) => Opening;
  readonly takeSecond: () => Promise<Turn | undefined>;
  /** Takes back a turn of a candidate that is well, and was not needed. */
  readonly giveBack: (turn: Turn) => void;
}

/**
 * Begins with one candidate, and with a second beside it when the first has not begun to answer after the delay. Who begins
 * first answers; the other is let go, and may be asked again. A second that may not begin, say since it does not fit a budget,
 * leaves the first alone.
 */
export class HedgedOpening implements Opening {
  readonly opened: Promise<Running | undefined>;
  readonly #init: HedgedOpeningInit;
  readonly #timer: Timer;
  readonly #under = new Map<Opening, Turn>();
  #settle: (outcome: Running | undefined | Promise<never>) => void = () => {};
  #done = false;
  #taking = false;
  #hedgeFailure: { readonly error: unknown } | undefined;

  constructor(init: HedgedOpeningInit) {
    this.#init = init;
    this.opened = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#timer = init.clock.schedule(init.delayMs, () => void this.#hedge());
    this.#enter(init.first, false);
  }

  abandon(): void {
    if (this.#done) return;
    for (const opening of this.#under.keys()) opening.abandon();
    this.#end(undefined);
  }

  async #hedge(): Promise<void> {
    this.#taking = true;
    try {
      const second = await this.#init.takeSecond();
      if (second && this.#done) this.#init.giveBack(second);
      else if (second) this.#enter(second, true);
    } catch (error) {
      this.#hedgeFailure = { error };
    }
    this.#taking = false;
    this.#endIfAllFailed();
  }

  #enter(turn: Turn, isHedge: boolean): void {
    const opening = this.#init.begin(turn, isHedge);
    this.#under.set(opening, turn);
    opening.opened.then(
      (running) => {
        this.#under.delete(opening);
        if (running && !this.#done) this.#win(running);
        else this.#endIfAllFailed();
      },
      (error: unknown) => {
        this.#under.delete(opening);
        if (isHedge) this.#hedgeFailure = { error };
        if (isHedge) this.#endIfAllFailed();
        else this.#lose(error);
      },
    );
  }

  #win(running: Running): void {
    const losers = [...this.#under];
    this.#end(running);
    for (const [opening, turn] of losers) {
      opening.abandon();
      this.#init.giveBack(turn);
    }
  }

  /** What ends the call ends the hedge too. */
  #lose(error: unknown): void {
    if (this.#done) return;
    for (const opening of this.#under.keys()) opening.abandon();
    this.#end(Promise.reject(error));
  }

  #endIfAllFailed(): void {
    if (this.#done || this.#taking || this.#under.size > 0) return;
    this.#end(this.#hedgeFailure ? Promise.reject(this.#hedgeFailure.error) : undefined);
  }

  #end(outcome: Running | undefined | Promise<never>): void {
    this.#done = true;
    this.#timer.cancel();
    this.#settle(outcome);
  }
}
