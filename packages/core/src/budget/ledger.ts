import {
  type AttemptGuard,
  type AttemptPermit,
  type AttemptPlan,
  type Clock,
  createSortableIds,
  type ModelCallRecord,
  type Storage,
  systemClock,
  type TenantStores,
} from "@salesagent/ports";
import { Background } from "../kernel/background.js";
import { GroupCommit } from "../kernel/group-commit.js";
import { tell } from "../kernel/tell.js";
import { wasRefused } from "../model/begin-attempt.js";
import { unscoped } from "./budget-errors.js";
import { toModelCall } from "./model-call-record.js";
import { sumUsage } from "./usage-rows.js";

/** What a ledger is made with. */
export interface LedgerOptions {
  /** Where the records are kept: `modelCalls`, and their sums in `usage`. */
  readonly storage: Storage;
  /** Whose records they are where a call's scope names no tenant. */
  readonly tenant?: string | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of records; each must be new. @defaultValue UUIDs of version 7 */
  readonly createId?: (() => string) | undefined;
  /** Told of each record that could not be written. */
  readonly onError?: ((error: unknown, record: ModelCallRecord) => void) | undefined;
}

/** A guard of calls that puts every attempt on record, failed, hedged and aborted ones too. */
export interface Ledger extends AttemptGuard {
  /** Resolves when all attempts that are over are on record, or lost. For the end of a process. */
  flush(): Promise<void>;
}

/** With more records than this that wait to be written, answers wait for the ledger. */
const MOST_WAITING = 1_000;

/**
 * Makes a ledger, for hosts that call models without an agent; agents keep their own. It writes behind the calls, many records
 * at a time, and never fails one: a record that is lost is told to `onError`.
 */
export function createLedger(options: LedgerOptions): Ledger {
  if (typeof options?.storage?.tenant !== "function") throw new TypeError("storage must be a Storage");
  return new StoredLedger(options);
}

class StoredLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #groups = new Map<string, GroupCommit<ModelCallRecord>>();
  readonly #background = new Background();

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#createId = options.createId ?? createSortableIds(this.#clock);
  }

  begin({ scope }: AttemptPlan): AttemptPermit {
    const tenant = scope.tenant ?? this.#options.tenant;
    if (tenant === undefined) throw unscoped("ledger", "tenant");
    const startedAt = new Date(this.#clock.now()).toISOString();
    return {
      end: (attempt) => {
        if (wasRefused(attempt)) return;
        return this.#put(tenant, toModelCall(attempt, { id: this.#createId(), startedAt, scope }));
      },
    };
  }

  flush(): Promise<void> {
    return this.#background.idle();
  }

  #put(tenant: string, record: ModelCallRecord): void | Promise<void> {
    let group = this.#groups.get(tenant);
    if (!group) {
      // A ledger that serves many tenants must not remember them all.
      const forget = () => void this.#groups.delete(tenant);
      group = new GroupCommit((records) => this.#write(tenant, records), forget);
      this.#groups.set(tenant, group);
    }
    const crowded = group.waiting >= MOST_WAITING;
    const written = this.#written(group, record);
    this.#background.add(written);
    if (crowded) return written;
  }

  async #written(group: GroupCommit<ModelCallRecord>, record: ModelCallRecord): Promise<void> {
    try {
      await group.write(record);
    } catch (error) {
      tell(this.#options.onError, error, record);
    }
  }

  async #write(tenant: string, records: readonly ModelCallRecord[]): Promise<void> {
    const write = async ({ modelCalls, usage }: TenantStores): Promise<void> => {
      await modelCalls.addMany(records);
      // Last: all writers of the day, of other processes too, wait here for one another.
      await usage.addMany(sumUsage(records));
    };
    await this.#options.storage.tenant(tenant).transaction(write, { isolation: "read-committed" });
  }
}
