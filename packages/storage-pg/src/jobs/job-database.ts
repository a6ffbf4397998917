import { untilAborted } from "@salesagent/ports";
import { type Attempt, type Spreading, tryUntilClear } from "../collision.js";
import type { Row } from "../columns.js";
import type { Connection, Connections } from "../connections.js";
import { isCollision } from "../pg-errors.js";
import type { Statement } from "../statement.js";
import { toJobFailure } from "./job-failures.js";

/** Runs one statement. */
export type RunStatement = (statement: Statement, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Runs the statements of a job engine, and tells failures as `job.unavailable`. */
export class JobDatabase {
  constructor(
    private readonly connections: Connections,
    private readonly spreading: Spreading,
  ) {}

  run(
    statement: Statement,
    values: readonly unknown[],
    signal?: AbortSignal | undefined,
  ): Promise<readonly Row[]> {
    return this.#untilClear(statement.reads, signal, (connection) => connection.run(statement, values));
  }

  /** Runs statements that stand or fall together; `work` may run again after a collision. */
  transaction<T>(work: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.#untilClear(false, undefined, async (connection) => {
      await connection.command("begin");
      try {
        const value = await work((statement, values) => connection.run(statement, values));
        await connection.command("commit");
        return value;
      } catch (error) {
        await connection.rollback();
        throw error;
      }
    });
  }

  /** Runs SQL that begins and ends a transaction of its own. */
  script(text: string): Promise<void> {
    return this.#untilClear(false, undefined, async (connection) => {
      try {
        await connection.command(text);
      } catch (error) {
        await connection.rollback();
        throw error;
      }
    });
  }

  #untilClear<T>(
    reads: boolean,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const value = tryUntilClear(() => this.#attempt(reads, signal, work), this.spreading, signal);
    return untilAborted(value, signal);
  }

  async #attempt<T>(
    reads: boolean,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<Attempt<T>> {
    const connection = await this.#lend(signal);
    try {
      return { value: await work(connection) };
    } catch (error) {
      if (isCollision(error)) return { collided: true };
      throw toJobFailure(this.connections.toError(error, { store: "jobs", reads }));
    } finally {
      connection.release();
    }
  }

  async #lend(signal: AbortSignal | undefined): Promise<Connection> {
    try {
      return await this.connections.lend(signal);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw toJobFailure(this.connections.toError(error, { store: "jobs", reads: true }));
    }
  }
}
