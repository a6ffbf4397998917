import type { ApprovalStore, EffectStore, FlowQueue, FlowStore, TransactionOptions } from "@salesagent/ports";
import type { Runner } from "../runner.js";

/** The stores of one tenant that durable work stands on. */
export interface FlowStores {
  readonly flows: FlowStore;
  readonly effects: EffectStore;
  readonly approvals: ApprovalStore;
}

/** A storage, as far as durable work needs it. */
export interface FlowStorage extends AsyncDisposable {
  readonly queue: FlowQueue;
  tenant(id: string): FlowStores & {
    transaction<T>(work: (stores: FlowStores) => Promise<T>, options?: TransactionOptions): Promise<T>;
  };
}

/** What every part of the suite works with. */
export interface FlowSuite extends Runner {
  /** A fresh, migrated and empty storage for each case. */
  readonly open: () => Promise<FlowStorage>;
  /** How long a case waits for a queue to wake, in milliseconds. */
  readonly patienceMs: number;
}

/** Runs `act` at once, `count` times. */
export function atOnce<T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(index)));
}

/** Whether it settles, however, before patience is over. */
export async function settlesInTime(pending: Promise<unknown>, patienceMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  try {
    return await Promise.race([Promise.allSettled([pending]).then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
