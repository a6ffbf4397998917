import type { AuditRecord, Clock, JsonObject, Storage, Timer } from "@salesagent/ports";

/** A request that was refused, of a known principal. */
export interface Refusal {
  readonly tenant: string;
  readonly actor: string;
  /** Such as `POST /leads/import`; never what the request filled in. */
  readonly route: string;
  readonly code: string;
  readonly requestId: string;
  readonly permission?: string | undefined;
}

const FLUSH_MS = 1_000;
const MOST_WAITING = 1_000;

/**
 * Puts refusals into the audit trails of their tenants: together, a second later at most, so that a flood of refused requests is no
 * flood of writes. Of more than 1,000 that wait the rest is counted, and the count put on record.
 */
export class RefusalLog {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #onError: (error: unknown) => void;
  #waiting = new Map<string, AuditRecord[]>();
  #count = 0;
  #dropped = new Map<string, number>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly storage: Storage;
    readonly clock: Clock;
    readonly createId: () => string;
    readonly onError: (error: unknown) => void;
  }) {
    this.#storage = options.storage;
    this.#clock = options.clock;
    this.#createId = options.createId;
    this.#onError = options.onError;
  }

  add({ tenant, actor, route, code, requestId, permission }: Refusal): void {
    this.#timer ??= this.#clock.schedule(FLUSH_MS, () => void this.flush());
    if (this.#count >= MOST_WAITING) {
      this.#dropped.set(tenant, (this.#dropped.get(tenant) ?? 0) + 1);
      return;
    }
    this.#count += 1;
    const facts = { code, requestId, ...(permission !== undefined && { permission }) };
    this.#put(tenant, { actor, action: "request-refused", subject: `route:${route}`, facts });
  }

  /** Writes what waits. Never rejects: what can't be written is told to `onError`. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const [tenant, count] of this.#dropped) {
      const record = { actor: "server", action: "requests-refused", subject: "route:*", facts: { count } };
      this.#put(tenant, record);
    }
    const batch = this.#waiting;
    this.#waiting = new Map();
    this.#dropped = new Map();
    this.#count = 0;
    this.#writing = this.#writing.then(() => this.#write(batch));
    return this.#writing;
  }

  #put(
    tenant: string,
    told: {
      readonly actor: string;
      readonly action: string;
      readonly subject: string;
      readonly facts: JsonObject;
    },
  ): void {
    const at = new Date(this.#clock.now()).toISOString();
    const records = this.#waiting.get(tenant) ?? [];
    records.push({ id: this.#createId(), at, ...told });
    this.#waiting.set(tenant, records);
  }

  async #write(batch: ReadonlyMap<string, readonly AuditRecord[]>): Promise<void> {
    for (const [tenant, records] of batch) {
      try {
        await this.#storage.tenant(tenant).audit.addMany(records);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
