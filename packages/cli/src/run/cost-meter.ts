import type { EventBus } from "@salesagent/ports";

/** What agents cost that worked in this process. A cost that is not known makes the sum unknown. */
export class CostMeter implements Disposable {
  readonly #costs = new Map<string, number | undefined>();
  readonly #subscription: Disposable;

  constructor(bus: EventBus) {
    this.#subscription = bus.on(
      "run-completed",
      ({ runId, costUsd }) => void this.#costs.set(runId, costUsd),
    );
  }

  /** The cost of everything since the last time that it was taken; nothing when no agent has worked. */
  take(): { readonly costUsd: number | undefined } | undefined {
    if (this.#costs.size === 0) return undefined;
    const costs = [...this.#costs.values()];
    this.#costs.clear();
    return { costUsd: sumOfCosts(costs) };
  }

  /** Leaves one agent's run out: it is told of elsewhere. */
  forget(runId: string): void {
    this.#costs.delete(runId);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}

/** One unknown cost makes the sum unknown: unknown is not free. */
export function sumOfCosts(costs: readonly (number | undefined)[]): number | undefined {
  return costs.reduce<number | undefined>(
    (sum, costUsd) => (sum === undefined || costUsd === undefined ? undefined : sum + costUsd),
    0,
  );
}
