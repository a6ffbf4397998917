import { loadPg } from "./own-pool.js";
import type { PgNotice, PgPool } from "./pg-pool.js";
import type { ResolvedOptions } from "./postgres-options.js";
import { shareListening } from "./shared-listening.js";

/** A connection that does nothing but listen. */
export interface Listening {
  /** Ends it. What ends it otherwise is told by `onLost`. */
  close(): void;
}

/** Begins to listen on a channel. */
export type Listen = (
  channel: string,
  on: { readonly told: (payload: string) => void; readonly lost: () => void },
) => Promise<Listening>;

/** A connection that can listen on several channels. */
export interface ListeningLine {
  listen(channel: string): Promise<void>;
  /** What is told afterwards reaches nobody. */
  unlisten(channel: string): void;
  close(): void;
}

/** Connects, to listen. */
export type OpenLine = (on: {
  readonly told: (channel: string, payload: string) => void;
  readonly lost: () => void;
}) => Promise<ListeningLine>;

/** The few members that a listening client needs. */
interface ListeningClient {
  query(query: { readonly text: string }): Promise<unknown>;
  /** Lets the process end while the connection is open: who waits keeps it alive, not the connection. */
  unref?(): void;
  on(event: "error" | "end", listener: () => void): unknown;
  on(event: "notification", listener: (notice: PgNotice) => void): unknown;
}

/**
 * How a storage listens: over a connection of its own beside its pool, or over one that it borrows from the host's pool for
 * as long as it listens.
 *
 * @returns Undefined where it can't: behind a proxy that hands connections round, or where a pool has but one.
 */
export function createListen({ connection, pooling, listen }: ResolvedOptions): Listen | undefined {
  if (!listen || pooling === "transaction") return undefined;
  if (!("pool" in connection)) return shareListening((on) => openAlone(connection, on));
  const { pool } = connection;
  if (pool.options?.max !== undefined && pool.options.max < 2) return undefined;
  return shareListening((on) => borrow(pool, on));
}

async function openAlone(
  { connectionString, connectTimeoutMs }: { connectionString: string; connectTimeoutMs: number },
  on: Parameters<OpenLine>[0],
): Promise<ListeningLine> {
  const { Client } = await loadPg();
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "salesagent listening",
    keepAlive: true,
  });
  const close = () => void client.end().catch(() => {}); // it may be lost already, which is as good
  client.on("error", () => {}); // one that breaks while it connects is told by the rejection
  try {
    await client.connect();
  } catch (error) {
    close();
    throw error;
  }
  return toLine(client, close, on);
}

async function borrow(pool: PgPool, on: Parameters<OpenLine>[0]): Promise<ListeningLine> {
  const client = await pool.connect();
  let given = false;
  const close = () => {
    if (!given) client.release(true);
    given = true;
  };
  return toLine(client, close, on);
}

function toLine(client: ListeningClient, close: () => void, on: Parameters<OpenLine>[0]): ListeningLine {
  client.unref?.();
  client.on("error", on.lost);
  client.on("end", on.lost);
  client.on("notification", ({ channel, payload = "" }) => on.told(channel, payload));
  return {
    async listen(channel) {
      await client.query({ text: `listen ${channel}` });
    },
    unlisten(channel) {
      client.query({ text: `unlisten ${channel}` }).catch(() => {}); // a line that is lost is told by `lost`
    },
    close,
  };
}
