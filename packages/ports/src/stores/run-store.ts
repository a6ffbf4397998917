import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { AttemptPurpose } from "../model/model-event.js";
import type { Usage } from "../model/usage.js";
import type { Page, PageRequest } from "./page.js";

/** The closed set of states that a run can be in, the same at every surface. */
export type RunStatus = "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";

/** An error as it is stored: no stack, no secret, no prospect's data. */
export interface StoredError {
  readonly code: string;
  readonly message: string;
}

/** One execution of an agent. */
export interface RunRecord {
  readonly id: string;
  readonly agent: string;
  readonly status: RunStatus;
  readonly leadId?: string;
  readonly threadId?: string;
  readonly parentRunId?: string;
  readonly input: JsonValue;
  readonly output?: JsonValue;
  readonly error?: StoredError;
  /** What produced the output, such as `model` or `rules`. */
  readonly engine?: string;
  readonly usage?: Usage;
  readonly costUsd?: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly latencyMs?: number;
}

/** What can change in a run after it began. */
export type RunPatch = Partial<
  Pick<RunRecord, "status" | "output" | "error" | "engine" | "usage" | "costUsd" | "finishedAt" | "latencyMs">
>;

export interface RunFilter {
  readonly agent?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly leadId?: string | undefined;
}

/** Runs of one agent that began on one day, in figures. */
export interface RunStats {
  /** ISO date, UTC. */
  readonly day: string;
  readonly agent: string;
  /** Of every status. */
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of completed runs whose latency is known, in milliseconds, interpolated between the two nearest; absent where there is none. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Whole billionths of a USD, of all whose cost is known. */
  readonly costNanoUsd: number;
  /** Ended runs whose cost is not known, and so not in the sum. */
  readonly unpricedRuns: number;
}

/** What the direct parts of one run cost. */
export interface PartsCost {
  readonly parentRunId: string;
  /** How many there are on record. */
  readonly parts: number;
  /** Of a part that has no cost on record, what its model calls cost. Absent when a price is unknown: unknown is not free. */
  readonly costUsd?: number;
}

/** Runs of one tenant. */
export interface RunStore {
  readonly port: "run-store/1";
  /** @throws `store.invalid` when the id is taken. */
  create(run: RunRecord, call?: CallOptions): Promise<void>;
  /** Fields that are absent from the patch stay. @throws `store.not_found`. */
  update(id: string, patch: RunPatch, call?: CallOptions): Promise<void>;
  /**
   * Creates runs, or replaces whole the ones whose ids are stored; all or none. Of one id the last run counts. A run that is
   * replaced keeps its place among runs of the same start.
   */
  putMany(runs: readonly RunRecord[], call?: CallOptions): Promise<void>;
  get(id: string, call?: CallOptions): Promise<RunRecord | undefined>;
  /** Latest start first; of equal starts, the one stored last. */
  list(filter?: RunFilter, page?: PageRequest, call?: CallOptions): Promise<Page<RunRecord>>;
  /**
   * Days `from` to `until`, ISO dates, both inclusive; by day and agent. Days without runs are left out.
   *
   * @throws `store.invalid` for a date that is none, or more than 400 days.
   */
  stats(
    range: {
      readonly from: string;
      readonly until: string;
      readonly agent?: string | undefined;
    },
    call?: CallOptions,
  ): Promise<readonly RunStats[]>;
  /** What the runs whose `parentRunId` is one of these cost, in the order of the ids; those without a part are left out. */
  costsOfParts(parentRunIds: readonly string[], call?: CallOptions): Promise<readonly PartsCost[]>;
}

/** One step of a run: a model call, a tool call, a pass of the rules. */
export interface StepRecord {
  readonly runId: string;
  /** 0, 1, 2 … within the run. */
  readonly index: number;
  readonly kind: "model" | "tool" | "rules";
  /** Model id, tool name or rule set. */
  readonly name: string;
  readonly status: "completed" | "failed" | "cancelled";
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: StoredError;
  readonly startedAt: string;
  readonly latencyMs: number;
}

/** Steps of one tenant's runs. */
export interface StepStore {
  readonly port: "step-store/1";
  /** Writing a step of the same run and index again replaces it. */
  putMany(steps: readonly StepRecord[], call?: CallOptions): Promise<void>;
  /** By index. */
  list(runId: string, page?: PageRequest, call?: CallOptions): Promise<Page<StepRecord>>;
}

/** One attempt at a model: every one is recorded, failed ones too. */
export interface ModelCallRecord {
  readonly id: string;
  readonly runId?: string;
  readonly stepIndex?: number;
  readonly agent?: string;
  readonly leadId?: string;
  readonly campaignId?: string;
  readonly provider: string;
  readonly modelId: string;
  readonly requestId?: string;
  /** Why it was made. @defaultValue "first" */
  readonly purpose?: AttemptPurpose;
  readonly outcome: "completed" | "failed" | "aborted";
  readonly errorCode?: string;
  readonly usage: Usage;
  /** Absent when the price is unknown. */
  readonly costUsd?: number;
  /** The part of the cost that is charged for the request itself. */
  readonly feeUsd?: number;
  readonly estimated?: boolean;
  readonly startedAt: string;
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
}

/** Model calls of one tenant. */
export interface ModelCallStore {
  readonly port: "model-call-store/1";
  /** A record whose id is stored already is passed over. */
  addMany(calls: readonly ModelCallRecord[], call?: CallOptions): Promise<void>;
  /** By start, earliest first. */
  list(
    filter?: { readonly runId?: string | undefined },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<ModelCallRecord>>;
}
