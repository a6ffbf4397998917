/** Days, ISO dates, both inclusive. @defaultValue this month until today */
export interface DayRange {
  readonly from?: string;
  readonly until?: string;
}

/** What is summed by. */
export type UsageDimension = "day" | "agent" | "provider" | "model";

export interface UsageSums {
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Of calls whose price is known. */
  readonly costUsd: number;
  readonly unpricedCalls: number;
}

type Grouped = { readonly [Name in UsageDimension]?: string };

/** Use of models by what was asked for, and its sum. */
export interface Usage {
  readonly from: string;
  readonly until: string;
  readonly items: readonly (UsageSums & Grouped)[];
  readonly total: UsageSums;
}

export interface RunFigures {
  /** Of every status. */
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Failed runs among those that ended, 0–1. */
  readonly errorRate: number;
  readonly costUsd: number;
  readonly unpricedRuns: number;
}

/** How runs did, by day and agent. */
export interface Analytics {
  readonly from: string;
  readonly until: string;
  readonly items: readonly (RunFigures & {
    readonly day: string;
    readonly agent: string;
    /** Of completed runs, in milliseconds. */
    readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number };
  })[];
  readonly total: RunFigures;
}
