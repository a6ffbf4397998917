import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type PgTenantStorage, type PostgresStorage, postgres } from "../postgres.js";
import { emptyTables } from "./emptied-storage.js";
import { createTestDatabase, type TestDatabase } from "./test-database.js";

const PROCESSES = 2;

/** Two storages with pools of their own: two processes, as far as the server can tell. */
class TwoProcesses implements AsyncDisposable {
  readonly #storages: readonly PostgresStorage[];

  constructor(url: string) {
    this.#storages = Array.from({ length: PROCESSES }, () =>
      postgres({ connectionString: url, maxConnections: 6 }),
    );
  }

  storage(index: number): PostgresStorage {
    const storage = this.#storages[index % PROCESSES];
    if (storage === undefined) throw new Error("no such process");
    return storage;
  }

  /** The stores of the tenant `acme`, in one of the processes. */
  acme(index: number): PgTenantStorage {
    return this.storage(index).tenant("acme");
  }

  /** Acts so many times at once, in turn from each process. */
  atOnce<T>(count: number, act: (stores: PgTenantStorage, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => act(this.acme(index), index)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#storages.map((storage) => storage[Symbol.asyncDispose]()));
  }
}

/**
 * Frames the tests of a file: one database for all of them, emptied before each, and two new processes on it.
 *
 * @returns What acts in the processes of the test that runs.
 */
export function eachWithTwoProcesses() {
  let database: TestDatabase;
  let processes: TwoProcesses;
  beforeAll(async () => {
    database = await createTestDatabase();
    await using storage = postgres({ connectionString: database.url });
    await storage.migrate();
  });
  beforeEach(async () => {
    await emptyTables(database);
    processes = new TwoProcesses(database.url);
  });
  afterEach(() => processes[Symbol.asyncDispose]());
  afterAll(() => database[Symbol.asyncDispose]());
  return {
    storage: (index: number) => processes.storage(index),
    acme: (index: number) => processes.acme(index),
    atOnce: <T>(count: number, act: (stores: PgTenantStorage, index: number) => Promise<T>) =>
      processes.atOnce(count, act),
    query: (sql: string) => database.query(sql),
  };
}
