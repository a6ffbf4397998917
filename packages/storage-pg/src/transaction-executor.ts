import type { CallOptions } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";
import type { Row } from "./columns.js";
import type { Connection, Connections } from "./connections.js";
import type { Executor } from "./executor.js";
import { isCollision } from "./pg-errors.js";
import type { Statement } from "./statement.js";

/** Runs statements in one transaction, one after the other, on the transaction's connection. */
export class TransactionExecutor implements Executor {
  #last: Promise<unknown> = Promise.resolve();
  #over = false;
  #failure: { readonly error: unknown; readonly collided: boolean } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly connections: Connections,
  ) {}

  admit(store: string, call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (this.#over) throw closedStore(store, "The transaction");
  }

  async run(
    store: string,
    statement: Statement,
    values: readonly unknown[],
    call: CallOptions | undefined,
  ): Promise<readonly Row[]> {
    this.admit(store, call);
    const result = this.#last.then(() => this.#run(store, statement, values));
    this.#last = result.catch(() => {}); // whoever called it is told; the next one only waits
    return result;
  }

  together<T>(_store: string, work: (executor: Executor) => Promise<T>): Promise<T> {
    return work(this);
  }

  /**
   * Refuses further statements and waits for the last one.
   *
   * @returns What made the transaction fail, if a statement did: the server will not commit it, even where the callback
   * went on.
   */
  async finish(): Promise<{ readonly error: unknown; readonly collided: boolean } | undefined> {
    this.#over = true;
    await this.#last;
    return this.#failure;
  }

  async #run(store: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return await this.connection.run(statement, values);
    } catch (cause) {
      const error = this.connections.toError(cause, { store, reads: false });
      this.#failure = { error, collided: isCollision(cause) };
      throw error;
    }
  }
}
