import type { CallOptions, Clock } from "@salesagent/ports";
import type { TenantRows } from "./tenant-tables.js";

/** What a store works with. */
export interface StoreContext {
  readonly rows: TenantRows;
  readonly clock: Clock;
  readonly createId: () => string;
  /** Tells whoever follows a stream that it went on; in a transaction, once that stands. */
  readonly tellStream: (id: string) => void;
  /** Throws the caller's reason when the call was aborted, and `store.closed` when the store is over. */
  readonly admit: (store: string, call: CallOptions | undefined) => void;
}

/** The clock's time in its stored form. */
export function now(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
