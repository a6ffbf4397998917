import { type CallOptions, untilAborted } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";
import { type Attempt, type Spreading, tryUntilClear } from "./collision.js";
import type { Row } from "./columns.js";
import type { Connection, Connections } from "./connections.js";
import { isCollision } from "./pg-errors.js";
import type { Statement } from "./statement.js";

export interface StatementRunnerOptions extends Spreading {
  readonly connections: Connections;
  readonly isClosed: () => boolean;
}

/** Runs single statements on whichever connection is free. */
export class StatementRunner {
  constructor(private readonly options: StatementRunnerOptions) {}

  admit(store: string, call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (this.options.isClosed()) throw closedStore(store, "The storage");
  }

  /** @param on - Sends the statement. */
  async run(
    store: string,
    statement: Statement,
    call: CallOptions | undefined,
    on: (connection: Connection) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    this.admit(store, call);
    const signal = call?.signal;
    const rows = tryUntilClear(() => this.#runOnce(store, statement, signal, on), this.options, signal);
    return signal === undefined ? rows : untilAborted(rows, signal);
  }

  async lend(store: string, signal: AbortSignal | undefined): Promise<Connection> {
    const { connections } = this.options;
    try {
      return await connections.lend(signal);
    } catch (error) {
      // the statement was not sent, whatever the reason
      throw signal?.aborted === true ? signal.reason : connections.toError(error, { store, reads: true });
    }
  }

  async #runOnce(
    store: string,
    statement: Statement,
    signal: AbortSignal | undefined,
    on: (connection: Connection) => Promise<readonly Row[]>,
  ): Promise<Attempt<readonly Row[]>> {
    const connection = await this.lend(store, signal);
    try {
      return { value: await on(connection) };
    } catch (error) {
      if (isCollision(error)) return { collided: true };
      throw this.options.connections.toError(error, { store, reads: statement.reads });
    } finally {
      connection.release();
    }
  }
}
