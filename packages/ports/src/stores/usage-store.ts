import type { CallOptions } from "../call-options.js";

/** Sums of one agent's use of one model on one day. */
export interface UsageRow {
  /** ISO date, UTC. */
  readonly day: string;
  /** `-` for calls that no agent made. */
  readonly agent: string;
  readonly provider: string;
  readonly modelId: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Whole billionths of a USD, so that sums are exact. */
  readonly costNanoUsd: number;
  /** Calls whose cost is not known, and so not in the sum. */
  readonly unpricedCalls: number;
}

/** Usage of one tenant, summed by day, agent and model. */
export interface UsageStore {
  readonly port: "usage-store/1";
  /** Adds to the sums. Concurrent additions are all counted. */
  addMany(rows: readonly UsageRow[], call?: CallOptions): Promise<void>;
  /** Days `from` to `until`, both inclusive; by day, agent, provider and model. */
  list(
    range?: { readonly from?: string | undefined; readonly until?: string | undefined },
    call?: CallOptions,
  ): Promise<readonly UsageRow[]>;
}
