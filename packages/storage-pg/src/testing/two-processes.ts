import { type PgTenantStorage, type PostgresStorage, postgres } from "../postgres.js";

const PROCESSES = 2;

/** Two storages with pools of their own: two processes, as far as the server can tell. */
export class TwoProcesses implements AsyncDisposable {
  readonly #storages: readonly PostgresStorage[];

  constructor(url: string) {
    this.#storages = Array.from({ length: PROCESSES }, () =>
      postgres({ connectionString: url, maxConnections: 6 }),
    );
  }

  /** The stores of the tenant `acme`, in one of the processes. */
  acme(index: number): PgTenantStorage {
    const storage = this.#storages[index % PROCESSES];
    if (storage === undefined) throw new Error("no such process");
    return storage.tenant("acme");
  }

  /** Acts so many times at once, in turn from each process. */
  atOnce<T>(count: number, act: (stores: PgTenantStorage, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => act(this.acme(index), index)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#storages.map((storage) => storage[Symbol.asyncDispose]()));
  }
}
