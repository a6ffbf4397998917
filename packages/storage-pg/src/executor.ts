import type { CallOptions } from "@salesagent/ports";
import type { Row } from "./columns.js";
import type { Statement } from "./statement.js";

/** Runs the statements of one tenant's stores. */
export interface Executor {
  /** Throws the caller's reason when the call was aborted, and `store.closed` when the storage or the transaction is over. */
  admit(store: string, call: CallOptions | undefined): void;
  run(
    store: string,
    statement: Statement,
    values: readonly unknown[],
    call: CallOptions | undefined,
  ): Promise<readonly Row[]>;
  /** Runs statements that stand or fall together; `work` may run again after a collision. */
  together<T>(
    store: string,
    work: (executor: Executor) => Promise<T>,
    call: CallOptions | undefined,
  ): Promise<T>;
}
