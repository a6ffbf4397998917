import { type BudgetAmounts, type BudgetStore, type Clock, SalesAgentError } from "@salesagent/ports";
import type { Background } from "../kernel/background.js";

/** Waits between the tries to settle, in milliseconds. */
const WAITS_MS: readonly number[] = [500, 2_000, 8_000];

/** A reservation that is over. */
export interface Settlement {
  readonly store: BudgetStore;
  readonly id: string;
  readonly used: BudgetAmounts;
}

/**
 * Settles a reservation. Where the store does not answer, it is tried again in the background: the answer that was paid for is
 * not held up. After that the reservation lapses, so that it is booked in full.
 *
 * @param lost - Told when it could not be settled.
 */
export async function settleOrRetry(
  settlement: Settlement,
  clock: Clock,
  background: Background,
  lost: (error: unknown) => void,
): Promise<void> {
  const { store, id, used } = settlement;
  try {
    await store.settle(id, used);
  } catch (error) {
    background.add(retry(settlement, clock, error).catch(lost));
  }
}

async function retry({ store, id, used }: Settlement, clock: Clock, first: unknown): Promise<void> {
  let failure = first;
  for (const waitMs of WAITS_MS) {
    if (SalesAgentError.is(failure, "store.closed")) break;
    // A process may end meanwhile: the reservation lapses then, as if it had been killed.
    await new Promise<void>((resolve) => void clock.schedule(waitMs, resolve));
    try {
      await store.settle(id, used);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
