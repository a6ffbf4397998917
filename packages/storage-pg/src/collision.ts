import { type Clock, wait } from "@salesagent/ports";
import { transactionContended } from "@salesagent/ports/store-rules";

const ATTEMPTS = 10;
const LONGEST_WAIT_MS = 64;

/** What one try came to. After a collision nothing stands, and the next try may succeed. */
export type Attempt<T> = { readonly value: T } | { readonly collided: true };

/** How tries that collided are spread in time. */
export interface Spreading {
  readonly clock: Clock;
  /** Jitter source in [0, 1). */
  readonly random: () => number;
}

/** Tries again after each collision, a little later every time. @throws `store.unavailable` when all tries collided. */
export async function tryUntilClear<T>(
  attempt: () => Promise<Attempt<T>>,
  { clock, random }: Spreading,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    signal?.throwIfAborted();
    const outcome = await attempt();
    if ("value" in outcome) return outcome.value;
    if (attempts < ATTEMPTS) await wait(clock, random() * Math.min(2 ** attempts, LONGEST_WAIT_MS), signal);
  }
  throw transactionContended(ATTEMPTS);
}
