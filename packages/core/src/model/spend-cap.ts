import { SalesAgentError } from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";

/** Money set aside for one call. Settle or release it once; later calls do nothing. */
export interface Reservation {
  /** Books what the call cost and gives the rest back. */
  settle(costUsd: number | undefined): void;
  /** Gives everything back: nothing was billed. */
  release(): void;
}

/** A cap on spending that many calls of one process share. */
export interface SpendCap {
  readonly limitUsd: number;
  /** What was booked; money that is only set aside is not in it. */
  readonly spentUsd: number;
  /** @throws `budget.exceeded` when the most that the call can cost does not fit under the cap any more. */
  reserve(maxUsd: number): Reservation;
}

/**
 * A cap in this process. Calls set aside the most that they can cost before they begin, so that concurrent calls never
 * pass it together.
 *
 * @param options.usd - The cap, in USD; > 0.
 * @throws RangeError naming `usd`.
 */
export function createSpendCap(options: { readonly usd: number }): SpendCap {
  if (!(options.usd > 0) || !Number.isFinite(options.usd)) {
    throw new RangeError(`spendCap.usd must be a number > 0, got ${options.usd}`);
  }
  const limitNano = toNanoUsd(options.usd);
  let spentNano = 0;
  let heldNano = 0;
  return {
    limitUsd: options.usd,
    get spentUsd() {
      return fromNanoUsd(spentNano);
    },
    reserve(maxUsd) {
      if (!(maxUsd >= 0)) throw new RangeError(`reserve: maxUsd must be a number ≥ 0, got ${maxUsd}`);
      const nano = toNanoUsd(maxUsd);
      if (spentNano + heldNano + nano > limitNano) {
        throw exceeded(options.usd, { spentNano, heldNano, wantedNano: nano });
      }
      heldNano += nano;
      let open = true;
      const end = (costNano: number) => {
        if (!open) return;
        open = false;
        heldNano -= nano;
        spentNano += costNano;
      };
      return {
        // A cost that nobody knows, or that can't be one, is booked as the most that it can be.
        settle: (costUsd) => end(isCost(costUsd) ? toNanoUsd(costUsd) : nano),
        release: () => end(0),
      };
    },
  };
}

function isCost(costUsd: number | undefined): costUsd is number {
  return costUsd !== undefined && costUsd >= 0 && costUsd < Number.POSITIVE_INFINITY;
}

function exceeded(
  limitUsd: number,
  { spentNano, heldNano, wantedNano }: Readonly<Record<"spentNano" | "heldNano" | "wantedNano", number>>,
): SalesAgentError<"budget.exceeded"> {
  const spent = fromNanoUsd(spentNano);
  return new SalesAgentError("budget.exceeded", {
    message: `The next model call could pass the cap of $${limitUsd}: $${spent} is spent, and what running calls may cost is set aside. Raise the cap, or wait for running calls.`,
    facts: {
      budget: "spend-cap",
      measure: "usd",
      limit: limitUsd,
      spent,
      held: fromNanoUsd(heldNano),
      wanted: fromNanoUsd(wantedNano),
    },
    replay: "safe",
  });
}
