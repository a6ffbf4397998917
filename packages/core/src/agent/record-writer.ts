import type {
  AuditRecord,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  StepRecord,
  TenantStorage,
  TenantStores,
  UsageRow,
} from "@salesagent/ports";
import { toNanoUsd } from "../model/nano-usd.js";

/** Everything that one run has to write at one moment. */
export interface RunRecords {
  /** The run as it is now; created or, where it is stored already, brought up to date. */
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
  readonly #stored = new Set<string>();
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
      if (group.length === 1) group[0]?.reject(error);
      // One run's bad record must not fail the others that shared its transaction.
      else for (const waiting of group) await this.#writeGroup([waiting]);
    }
  }

  async #commit(group: readonly RunRecords[]): Promise<void> {
    const runs = [...new Map(group.map(({ run }) => [run.id, run])).values()];
    const modelCalls = group.flatMap((records) => records.modelCalls);
    await this.#storage.transaction(async (stores) => {
      for (const run of runs) await this.#writeRun(stores, run);
      await writeList(group, (records) => records.steps, stores.steps.putMany.bind(stores.steps));
      if (modelCalls.length > 0) {
        await stores.modelCalls.addMany(modelCalls);
        await stores.usage.addMany(sumUsage(modelCalls));
      }
      await writeList(group, (records) => records.results, stores.results.addMany.bind(stores.results));
      await writeList(group, (records) => records.audit, stores.audit.addMany.bind(stores.audit));
    });
    for (const { id, status } of runs) {
      if (status === "running") this.#stored.add(id);
      else this.#stored.delete(id);
    }
  }

  #writeRun(stores: TenantStores, run: RunRecord): Promise<void> {
    return this.#stored.has(run.id) ? stores.runs.update(run.id, run) : stores.runs.create(run);
  }
}

async function writeList<T>(
  group: readonly RunRecords[],
  pick: (records: RunRecords) => readonly T[],
  write: (items: readonly T[]) => Promise<void>,
): Promise<void> {
  const items = group.flatMap(pick);
  if (items.length > 0) await write(items);
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
