import type { Clock } from "@salesagent/ports";
import type { Candidate } from "./candidate.js";
import type { Turn } from "./candidate-queue.js";
import type { Running } from "./routed-call.js";

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
export interface HedgedOpening {
  readonly first: Turn;
  readonly delayMs: number;
  readonly clock: Clock;
  readonly begin: (turn: Turn, isHedge: boolean) => Opening;
  readonly takeSecond: () => Promise<Turn | undefined>;
  /** Takes back a turn that is not needed any more. */
  readonly giveBack: (turn: Turn) => void;
}

/**
 * Begins with one candidate, and with a second beside it when the first has not begun to answer after the delay. Who begins
 * first answers; the other is let go.
 *
 * @returns Nothing when all that were asked failed and others may be.
 */
export function openHedged({
  first,
  delayMs,
  clock,
  begin,
  takeSecond,
  giveBack,
}: HedgedOpening): Promise<Running | undefined> {
  return new Promise((resolve, reject) => {
    const under = new Set<Opening>();
    let done = false;
    const end = (settle: () => void) => {
      done = true;
      timer.cancel();
      for (const loser of under) loser.abandon();
      settle();
    };
    const race = (turn: Turn, isHedge: boolean) => {
      const opening = begin(turn, isHedge);
      under.add(opening);
      opening.opened.then(
        (running) => {
          under.delete(opening);
          if (!done && (running || under.size === 0)) end(() => resolve(running));
        },
        (error: unknown) => {
          under.delete(opening);
          if (!done) end(() => reject(error));
        },
      );
    };
    const hedge = async () => {
      const second = await takeSecond();
      if (!second) return;
      if (done) giveBack(second);
      else race(second, true);
    };
    const timer = clock.schedule(delayMs, () => void hedge().catch((error) => end(() => reject(error))));
    race(first, false);
  });
}
