/** One statement, as `pg` takes it. */
export interface QueryStatement {
  readonly text: string;
  readonly values?: unknown[];
  /** `pg` then prepares even a statement without values, which lets the server take one statement only. */
  readonly queryMode?: string;
}

/** A connection that is held for a while. */
export interface QueryClient {
  query(statement: QueryStatement): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  /** @param destroy - True where the connection must not be used again. */
  release(destroy?: boolean): void;
}

/** Connections to a PostgreSQL database; a `Pool` of `pg` fits. */
export interface QueryPool {
  connect(): Promise<QueryClient>;
}
