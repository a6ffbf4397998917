import type {
  AuditRecord,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  StepRecord,
  TenantStorage,
  TenantStores,
} from "@salesagent/ports";
import { sumUsage } from "../budget/usage-rows.js";
import { GroupCommit } from "../kernel/group-commit.js";

/** Everything that one run has to write at one moment. */
export interface RunRecords {
  /** The run as it is now. */
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  readonly modelCalls: readonly ModelCallRecord[];
  readonly results: readonly ResultRecord[];
  readonly audit: readonly AuditRecord[];
}

/** Writes what runs leave behind; those of one tenant that end at about the same time, in one transaction. */
export class RecordWriter {
  readonly #storage: TenantStorage;
  readonly #group: GroupCommit<RunRecords>;

  constructor(storage: TenantStorage) {
    this.#storage = storage;
    this.#group = new GroupCommit((group) => this.#commit(group));
  }

  /** True when nothing is being written or waits for it. */
  get idle(): boolean {
    return this.#group.idle;
  }

  /** Resolves when the records stand. @throws What the storage throws. */
  write(records: RunRecords): Promise<void> {
    return this.#group.write(records);
  }

  async #commit(group: readonly RunRecords[]): Promise<void> {
    const modelCalls = group.flatMap((records) => records.modelCalls);
    const write = async (stores: TenantStores): Promise<void> => {
      await stores.runs.putMany(group.map((records) => records.run));
      await stores.steps.putMany(group.flatMap((records) => records.steps));
      await stores.modelCalls.addMany(modelCalls);
      await stores.results.addMany(group.flatMap((records) => records.results));
      await stores.audit.addMany(group.flatMap((records) => records.audit));
      // Last: all writers of the day, of other processes too, wait here for one another.
      await stores.usage.addMany(sumUsage(modelCalls));
    };
    await this.#storage.transaction(write, { isolation: "read-committed" });
  }
}
