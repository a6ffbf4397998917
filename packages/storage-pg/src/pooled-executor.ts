import { type CallOptions, untilAborted } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";
import { type Attempt, type Spreading, tryUntilClear } from "./collision.js";
import type { Row } from "./columns.js";
import type { Connection, Connections } from "./connections.js";
import type { Executor } from "./executor.js";
import { isCollision } from "./pg-errors.js";
import type { Statement } from "./statement.js";
import { TransactionExecutor } from "./transaction-executor.js";

export interface PooledExecutorOptions extends Spreading {
  readonly connections: Connections;
  readonly tenant: string;
  readonly isClosed: () => boolean;
}

type Isolation = "read committed" | "serializable";
type Work<T> = (executor: Executor) => Promise<T>;

/** Runs each statement on whichever connection is free, and transactions on one of their own. */
export class PooledExecutor implements Executor {
  constructor(private readonly options: PooledExecutorOptions) {}

  admit(store: string, call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (this.options.isClosed()) throw closedStore(store, "The storage");
  }

  async run(
    store: string,
    statement: Statement,
    values: readonly unknown[],
    call: CallOptions | undefined,
  ): Promise<readonly Row[]> {
    this.admit(store, call);
    const signal = call?.signal;
    const rows = tryUntilClear(() => this.#runOnce(store, statement, values, signal), this.options, signal);
    return untilAborted(rows, signal);
  }

  together<T>(store: string, work: Work<T>, call: CallOptions | undefined): Promise<T> {
    return this.transaction(store, "read committed", work, call);
  }

  /** Runs `work` in one transaction, and again after each collision. */
  async transaction<T>(
    store: string,
    isolation: Isolation,
    work: Work<T>,
    call: CallOptions | undefined,
  ): Promise<T> {
    this.admit(store, call);
    const signal = call?.signal;
    const value = tryUntilClear(
      () => this.#transactOnce(store, isolation, work, signal),
      this.options,
      signal,
    );
    return untilAborted(value, signal);
  }

  async #runOnce(
    store: string,
    statement: Statement,
    values: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<readonly Row[]>> {
    const connection = await this.#lend(store, signal);
    try {
      return { value: await this.#runAlone(connection, statement, values) };
    } catch (error) {
      if (isCollision(error)) return { collided: true };
      throw this.options.connections.toError(error, { store, reads: statement.reads });
    } finally {
      connection.release();
    }
  }

  async #runAlone(connection: Connection, statement: Statement, values: readonly unknown[]) {
    const { connections, tenant } = this.options;
    if (connections.pooling === "session") {
      await connection.enterSession(tenant);
      return connection.run(statement, values);
    }
    await connection.begin(tenant, "read committed");
    try {
      const rows = await connection.run(statement, values);
      await connection.command("commit");
      return rows;
    } catch (error) {
      await connection.rollback();
      throw error;
    }
  }

  async #lend(store: string, signal: AbortSignal | undefined): Promise<Connection> {
    const { connections } = this.options;
    try {
      return await connections.lend(signal);
    } catch (error) {
      // the statement was not sent, whatever the reason
      throw signal?.aborted === true ? signal.reason : connections.toError(error, { store, reads: true });
    }
  }

  async #transactOnce<T>(
    store: string,
    isolation: Isolation,
    work: Work<T>,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<T>> {
    const { connections, tenant } = this.options;
    const connection = await this.#lend(store, signal);
    try {
      await this.#telling(store, () => connection.begin(tenant, isolation));
      const executor = new TransactionExecutor(connection, connections);
      const outcome = await this.#work(executor, work, signal);
      if ("value" in outcome) return await this.#commit(store, connection, outcome);
      await connection.rollback();
      return outcome;
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  }

  /** Runs the callback; a statement's failure decides over whatever the callback made of it. */
  async #work<T>(
    executor: TransactionExecutor,
    work: Work<T>,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<T>> {
    const [settled] = await Promise.allSettled([untilAborted(work(executor), signal)]);
    const failure = await executor.finish();
    signal?.throwIfAborted();
    if (failure?.collided === true) return { collided: true };
    if (settled.status === "rejected") throw settled.reason;
    if (failure !== undefined) throw failure.error;
    return { value: settled.value };
  }

  async #commit<T>(
    store: string,
    connection: Connection,
    outcome: { readonly value: T },
  ): Promise<Attempt<T>> {
    try {
      await connection.command("commit");
      return outcome;
    } catch (error) {
      if (isCollision(error)) return { collided: true };
      throw this.options.connections.toError(error, { store, reads: false });
    }
  }

  async #telling(store: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw this.options.connections.toError(error, { store, reads: true });
    }
  }
}
