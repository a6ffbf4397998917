import { type Clock, createSortableIds } from "@salesagent/ports";
import type { Pooling } from "../connections.js";
import {
  type ConnectionSettings,
  type PoolSettings,
  type ResolvedOptions,
  resolvePostgresOptions,
} from "../postgres-options.js";

interface JobSettings {
  /** Where the tables of pg-boss live: lower-case letters, digits and `_`, at most 40. @defaultValue "salesagent_jobs" */
  readonly schema?: string;
  /** As of the storage; behind a proxy, workers look for jobs every `pollMs` only. @defaultValue "session" */
  readonly pooling?: Pooling;
  /** Whether workers are told of jobs at once, over one connection more. @defaultValue true */
  readonly listen?: boolean;
  /** How often an idle worker looks for jobs that nobody told it of, in milliseconds. @defaultValue 2,000 */
  readonly pollMs?: number;
  /**
   * How long a job that this engine enqueues stays with a process that gives no sign of life, in milliseconds, from 1,000.
   * Workers look for such jobs three times in that time. A process that is blocked for longer loses its jobs to others.
   *
   * @defaultValue 15,000
   */
  readonly leaseMs?: number;
  /** Times of workers and schedules. When a delay or a lease is over is told by the server. @defaultValue systemClock */
  readonly clock?: Clock;
  /** Spreads in time; in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
  /** Is told of failures of the database that a worker meets, each of which it bears. @defaultValue tells nobody */
  readonly onError?: (error: unknown) => void;
}

/** How to connect, and how jobs are treated. */
export type PgBossJobsOptions = JobSettings &
  (
    | Pick<ConnectionSettings, "connectionString" | "pool" | "maxConnections" | "connectTimeoutMs">
    | Pick<PoolSettings, "connectionString" | "pool">
  );

export interface ResolvedJobsOptions extends ResolvedOptions {
  readonly leaseMs: number;
  readonly onError: (error: unknown) => void;
}

const SHORTEST_LEASE_MS = 1000;
const LONGEST_LEASE_MS = 2 ** 31 - 1;

/** @throws TypeError or RangeError naming the option that is wrong. */
export function resolveJobsOptions(options: PgBossJobsOptions): ResolvedJobsOptions {
  const { schema = "salesagent_jobs", pollMs = 2000, leaseMs = 15_000, onError = () => {} } = options;
  if (!(leaseMs >= SHORTEST_LEASE_MS && leaseMs <= LONGEST_LEASE_MS)) {
    throw new RangeError(
      `pgBossJobs.leaseMs must be from ${SHORTEST_LEASE_MS} to ${LONGEST_LEASE_MS}, got ${leaseMs}`,
    );
  }
  const resolved = resolvePostgresOptions({ ...options, schema, pollMs });
  return Object.freeze({ ...resolved, createId: createSortableIds(resolved.clock), leaseMs, onError });
}
