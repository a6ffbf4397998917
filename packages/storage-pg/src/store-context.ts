import type { Clock } from "@salesagent/ports";
import type { Executor } from "./executor.js";

/** What a store of one tenant works with, in a transaction or out of it. */
export interface StoreContext {
  readonly tenant: string;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly createId: () => string;
}

/** Gives a table's name with its schema, as SQL. */
export type TableNames = (table: string) => string;
