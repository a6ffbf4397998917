/** A statement as `pg` takes it. */
export interface PgQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** Makes it a prepared statement of this name. */
  readonly name?: string;
  readonly types?: { getTypeParser(): (text: string) => string };
}

/** What a client is told on a channel that it listens to. */
export interface PgNotice {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The few members of a `pg` client that are used. */
export interface PgClient {
  query(query: PgQuery): Promise<{ readonly rows: unknown[]; readonly rowCount?: number | null }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (notice: PgNotice) => void): unknown;
  /** Lets the process end while the connection is open. */
  unref?(): void;
  /** Gives the client back to its pool; `true` closes its connection. */
  release(destroy?: boolean): void;
}

/** The few members of a `pg.Pool` that are used. A host's own pool is never closed by this package. */
export interface PgPool {
  connect(): Promise<PgClient>;
  /** How many connections it may have. */
  readonly options?: { readonly max?: number | undefined };
}

/** A pool that this package opened, and closes. */
export interface OwnPool extends PgPool {
  end(): Promise<void>;
}
