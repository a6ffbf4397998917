import { type CallOptions, untilAborted } from "@salesagent/ports";
import { type Attempt, tryUntilClear } from "./collision.js";
import type { Row } from "./columns.js";
import type { Connection } from "./connections.js";
import type { Executor } from "./executor.js";
import { isCollision } from "./pg-errors.js";
import type { Statement } from "./statement.js";
import { StatementRunner, type StatementRunnerOptions } from "./statement-runner.js";
import { TransactionExecutor } from "./transaction-executor.js";

export interface PooledExecutorOptions extends StatementRunnerOptions {
  readonly tenant: string;
}

type Isolation = "read committed" | "serializable";
type Work<T> = (executor: Executor) => Promise<T>;

/** Runs each statement on whichever connection is free, and transactions on one of their own. */
export class PooledExecutor implements Executor {
  readonly #runner: StatementRunner;

  constructor(private readonly options: PooledExecutorOptions) {
    this.#runner = new StatementRunner(options);
  }

  admit(store: string, call: CallOptions | undefined): void {
    this.#runner.admit(store, call);
  }

  async run(
    store: string,
    statement: Statement,
    values: readonly unknown[],
    call: CallOptions | undefined,
  ): Promise<readonly Row[]> {
    return this.#runner.run(store, statement, call, (connection) =>
      this.#runAlone(connection, statement, values),
    );
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

  async #runAlone(connection: Connection, statement: Statement, values: readonly unknown[]) {
    const { connections, tenant } = this.options;
    if (connections.pooling === "session") {
      if (!connection.isEntered(tenant)) await connection.enterSession(tenant);
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

  async #transactOnce<T>(
    store: string,
    isolation: Isolation,
    work: Work<T>,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<T>> {
    const { connections, tenant } = this.options;
    const connection = await this.#runner.lend(store, signal);
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
