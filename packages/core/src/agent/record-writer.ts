import {
  type AuditRecord,
  type ModelCallRecord,
  type ResultRecord,
  type RunRecord,
  SalesAgentError,
  type StepRecord,
  type TenantStorage,
  type TenantStores,
  type UsageRow,
} from "@salesagent/ports";
import { toNanoUsd } from "@salesagent/ports/money";

/** Everything that one run has to write at one moment. */
export interface RunRecords {
  /** The run as it is now. */
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  readonly modelCalls: readonly ModelCallRecord[];
  readonly results: readonly ResultRecord[];
  readonly audit: readonly AuditRecord[];
}

interface Waiting {
  readonly records: RunRecords;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what runs leave behind. While one transaction is under way, the records of all other runs of the tenant gather, and
 * the next takes them together: with many runs at once a run costs a fraction of a transaction, with one it waits for nothing.
 */
export class RecordWriter {
  readonly #storage: TenantStorage;
  #queue: Waiting[] = [];
  #writing = false;

  constructor(storage: TenantStorage) {
    this.#storage = storage;
  }

  /** True when nothing is being written or waits for it. */
  get idle(): boolean {
    return !this.#writing && this.#queue.length === 0;
  }

  /** Resolves when the records stand. @throws What the storage throws. */
  write(records: RunRecords): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      await this.#writeGroup(group);
    }
    this.#writing = false;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(group.map((waiting) => waiting.records));
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      if (group.length === 1 || isOutage(error)) for (const waiting of group) waiting.reject(error);
      // One run's bad record must not fail the others that shared its transaction.
      else for (const waiting of group) await this.#writeGroup([waiting]);
    }
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

/** Whether it is the storage that failed, and would again, rather than what was to be written. */
function isOutage(error: unknown): boolean {
  return SalesAgentError.is(error, "store.unavailable") || SalesAgentError.is(error, "store.closed");
}

/** Sums by day, agent and model. */
function sumUsage(calls: readonly ModelCallRecord[]): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const call of calls) {
    const row = toRow(call);
    const key = `${row.day}\n${row.agent}\n${row.provider}\n${row.modelId}`;
    const sum = rows.get(key);
    rows.set(key, sum ? addRows(sum, row) : row);
  }
  return [...rows.values()];
}

function toRow({ usage, ...call }: ModelCallRecord): UsageRow {
  return {
    day: call.startedAt.slice(0, 10),
    agent: call.agent ?? "",
    provider: call.provider,
    modelId: call.modelId,
    calls: 1,
    failedCalls: call.outcome === "completed" ? 0 : 1,
    inputTokens: usage.inputTokens ?? 0,
    cachedInputTokens: usage.cachedInputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    reasoningTokens: usage.reasoningTokens ?? 0,
    costNanoUsd: toNanoUsd(call.costUsd ?? 0),
    unpricedCalls: call.costUsd === undefined ? 1 : 0,
  };
}

function addRows(left: UsageRow, right: UsageRow): UsageRow {
  return {
    ...left,
    calls: left.calls + right.calls,
    failedCalls: left.failedCalls + right.failedCalls,
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    costNanoUsd: left.costNanoUsd + right.costNanoUsd,
    unpricedCalls: left.unpricedCalls + right.unpricedCalls,
  };
}
