import type { CallOptions } from "../call-options.js";

/** A circuit breaker as other processes see it. */
export interface BreakerRecord {
  /** Names what it guards, such as `cerebras/gpt-oss-120b`; 1–400 characters. */
  readonly name: string;
  readonly state: "closed" | "open" | "half-open";
  /** Why it opened: a code of the error family. */
  readonly errorCode?: string;
  /** When it lets a probe through, ISO 8601 in UTC; for an open one. */
  readonly retryAt?: string;
  /** When this was so, ISO 8601 in UTC. */
  readonly changedAt: string;
}

/** Circuit breakers that several processes share. */
export interface BreakerStore {
  readonly port: "breaker-store/1";
  /** Keeps the record, unless one that changed later stands already. */
  put(record: BreakerRecord, call?: CallOptions): Promise<void>;
  /** In the order of the names; those that are not stored are left out. */
  list(names: readonly string[], call?: CallOptions): Promise<readonly BreakerRecord[]>;
  /**
   * Takes the right to probe, for one process at a time.
   *
   * @param until - When the right is over, ISO 8601 in UTC, in case its owner died.
   * @returns False when another owner has it still.
   */
  claimProbe(name: string, owner: string, until: string, call?: CallOptions): Promise<boolean>;
  /** Gives the right back; does nothing for who does not have it. */
  releaseProbe(name: string, owner: string, call?: CallOptions): Promise<void>;
}
