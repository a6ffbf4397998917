import type { ApiKeyRecord, Clock } from "@salesagent/ports";

interface Cached {
  readonly record: Promise<ApiKeyRecord | undefined>;
  readonly until: number;
}

/** How long a key that was revoked by another process may still be good here, in milliseconds. */
const FRESH_MS = 30_000;
const MOST_KEYS = 1_000;

/** Keys as they were read of late, so that a request need not ask the storage. It holds no secret. */
export class KeyCache {
  readonly #clock: Clock;
  readonly #cached = new Map<string, Cached>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Of many who ask at once, one reads. Keys that there are not, and failures, are not kept. */
  get(name: string, read: () => Promise<ApiKeyRecord | undefined>): Promise<ApiKeyRecord | undefined> {
    const cached = this.#cached.get(name);
    if (cached && this.#clock.elapsed() < cached.until) return cached.record;
    const record = read();
    const entry = { record, until: this.#clock.elapsed() + FRESH_MS };
    this.#cached.delete(name);
    this.#cached.set(name, entry);
    this.#drop();
    const forget = () => void (this.#cached.get(name) === entry && this.#cached.delete(name));
    record.then((found) => found ?? forget(), forget);
    return record;
  }

  forget(name: string): void {
    this.#cached.delete(name);
  }

  /** The one that was read longest ago goes first. */
  #drop(): void {
    if (this.#cached.size <= MOST_KEYS) return;
    const [oldest] = this.#cached.keys();
    if (oldest !== undefined) this.#cached.delete(oldest);
  }
}
