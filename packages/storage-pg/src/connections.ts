import type { SalesAgentError } from "@salesagent/ports";
import type { Row } from "./columns.js";
import { breaksConnection, type FailureContext, toStoreError } from "./pg-errors.js";
import type { PgClient, PgPool, PgQuery } from "./pg-pool.js";
import type { Statement } from "./statement.js";

const SET_TENANT = "select set_config('salesagent.tenant', $1, false)";

/** Sets the tenant for one transaction, whose name is in hex, so that it goes with other SQL and nothing is to be quoted. */
function setTenantLocally(tenant: string): string {
  const hex = Buffer.from(tenant, "utf8").toString("hex");
  return `select set_config('salesagent.tenant', convert_from(decode('${hex}', 'hex'), 'UTF8'), true)`;
}

/** Stands for a row that was written and not sent back. */
const WRITTEN: Row = Object.freeze({});

/** Values stay text: the host may have changed how `pg` reads types, and each store knows its own columns. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * How connections are shared. `session`: a connection stays with this process, so the tenant is set when it changes and
 * statements are prepared. `transaction`: a proxy such as PgBouncer hands connections round between transactions, so the
 * tenant is set within each one and nothing is prepared.
 */
export type Pooling = "session" | "transaction";

/** What is remembered of a connection for as long as it lives. */
interface ClientState {
  /** The tenant set on it; undefined when unknown. */
  tenant: string | undefined;
}

/** Where it is kept: on the client, so that all storages over one pool agree, those of another installed copy too. */
const STATE: unique symbol = Symbol.for("salesagent.pg-client-state");

function stateOf(client: PgClient & { [STATE]?: ClientState }): ClientState {
  let state = client[STATE];
  if (state === undefined) {
    state = { tenant: undefined };
    client[STATE] = state;
    // A lost connection also fails the query that needs it; without a listener it would end the process.
    client.on("error", () => {});
  }
  return state;
}

/** One connection, lent for one call or one transaction. */
export class Connection {
  #broken = false;

  constructor(
    private readonly client: PgClient,
    private readonly state: ClientState,
    private readonly pooling: Pooling,
  ) {}

  async run(
    { name, text, counts, isPlannedAnew }: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const query = { text, values: values as unknown[], types: AS_TEXT };
    const isPrepared = this.pooling === "session" && !isPlannedAnew;
    const { rows, rowCount } = await this.#query(isPrepared ? { ...query, name } : query);
    return counts ? new Array<Row>(rowCount ?? 0).fill(WRITTEN) : (rows as readonly Row[]);
  }

  /** Runs SQL without parameters: one statement, or several in one round trip. */
  async command(text: string): Promise<void> {
    await this.#query({ text });
  }

  /** Whether a statement of the tenant can be sent as it is. */
  isEntered(tenant: string): boolean {
    return this.pooling !== "session" || this.state.tenant === tenant;
  }

  /** Sets the tenant for the session where it isn't set already. Not within a transaction: a rollback would undo it. */
  async enterSession(tenant: string): Promise<void> {
    if (this.isEntered(tenant)) return;
    this.state.tenant = undefined;
    await this.#query({ text: SET_TENANT, values: [tenant] });
    this.state.tenant = tenant;
  }

  /** Begins a transaction with the tenant set. */
  async begin(tenant: string, isolation: "read committed" | "serializable"): Promise<void> {
    await this.enterSession(tenant);
    const begin = `begin isolation level ${isolation}`;
    await this.command(this.pooling === "session" ? begin : `${begin}; ${setTenantLocally(tenant)}`);
  }

  /** Ends a transaction that failed; where the connection is lost, its end ended the transaction. */
  async rollback(): Promise<void> {
    if (this.#broken) return;
    await this.command("rollback").catch(() => {
      this.#broken = true;
    });
  }

  release(): void {
    this.client.release(this.#broken);
  }

  async #query(query: PgQuery): ReturnType<PgClient["query"]> {
    try {
      return await this.client.query(query);
    } catch (error) {
      if (breaksConnection(error)) this.#broken = true;
      throw error;
    }
  }
}

/** Lends the connections of a pool. */
export class Connections {
  #pool: PgPool | undefined;

  constructor(
    private readonly openPool: () => Promise<PgPool>,
    readonly pooling: Pooling,
    private readonly scrub: (text: string) => string,
  ) {}

  /** Runs `work` on a raw client, which goes back to the pool afterwards. */
  async withClient<T>(signal: AbortSignal | undefined, work: (client: PgClient) => Promise<T>): Promise<T> {
    const client = await this.#connect(signal);
    let failed = true;
    try {
      const value = await work(client);
      failed = false;
      return value;
    } finally {
      client.release(failed);
    }
  }

  /** Waits for a connection. When `signal` aborts meanwhile, it goes back unused and this rejects with the reason. */
  async lend(signal: AbortSignal | undefined): Promise<Connection> {
    const client = await this.#connect(signal);
    return new Connection(client, stateOf(client), this.pooling);
  }

  toError(error: unknown, context: Omit<FailureContext, "scrub">): SalesAgentError {
    return toStoreError(error, { ...context, scrub: this.scrub });
  }

  async #connect(signal: AbortSignal | undefined): Promise<PgClient> {
    this.#pool ??= await this.openPool();
    const client = await this.#pool.connect();
    stateOf(client);
    if (signal?.aborted !== true) return client;
    client.release();
    throw signal.reason;
  }
}
