import type { CallOptions } from "../call-options.js";

/** Up to when records are dropped: ISO 8601 in UTC, each time excluded. What is not named stays. */
export interface RetentionLimits {
  /**
   * Checkpoints of runs of graphs that ended before it, their remembered steps, and events that they did not take in; counted
   * by runs. The runs stay on record, with their input and output, and can't be reopened.
   */
  readonly checkpoints?: string | undefined;
  /** Runs of graphs that ended before it, with all of theirs. */
  readonly flows?: string | undefined;
  /** Runs of agents that ended before it, with their steps and model calls. One without `finishedAt` ended when it began. */
  readonly runs?: string | undefined;
  /**
   * Effects settled before it as done or failed, but not of runs, of graphs or agents, that go on. An effect of the same key
   * would be done again.
   */
  readonly effects?: string | undefined;
  /** Approvals that were requested before it and can't be used any more: refused, used or expired. */
  readonly approvals?: string | undefined;
  /** Threads whose last message is older, with their summaries; counted by threads. */
  readonly messages?: string | undefined;
  /** Records of what happened before it. */
  readonly audit?: string | undefined;
  /**
   * Lines of budgets that nothing was reserved on since, and that have no open reservation: one whose lease is not over, or was
   * over at that time or later. Reservations that lapsed before it are settled no more on the line.
   */
  readonly budgets?: string | undefined;
  /** Syncs that ended before it. One without `finishedAt` ended when it began; one that is `running` has not. */
  readonly syncRuns?: string | undefined;
  /** What syncs decided before it. */
  readonly syncEntries?: string | undefined;
  /** Conflicts that ended before it, or, where no end is told, were found before it; none that is open. */
  readonly conflicts?: string | undefined;
  /** Dead letters that were replayed or dropped before it. */
  readonly deadLetters?: string | undefined;
  /** Requests to webhooks that came before it and are handled or failed. One that comes again is taken for new then. */
  readonly inbox?: string | undefined;
  /** Streams that were last appended to before it, with their events, whether they have ended or not; the first opened first. */
  readonly streams?: string | undefined;
}

/**
 * How many records were dropped, by the names of {@link RetentionLimits}; and `expired` ones: cached answers, vectors and facts,
 * in that order and at most `limit` in all.
 */
export type PrunedRecords = Readonly<Record<keyof RetentionLimits | "expired", number>>;

/** Drops what one tenant need not keep any longer. */
export interface RetentionStore {
  readonly port: "retention-store/1";
  /**
   * Drops at most `limit` records of each kind, the oldest first; call it again until it finds none. What has expired by itself is
   * always dropped. A run that has not ended is never touched.
   *
   * @param want.limit - Whole number, 1–10,000. @defaultValue 1,000
   * @throws `store.invalid` for a time that is none, RangeError for another limit; nothing is dropped then.
   */
  prune(
    want: RetentionLimits & { readonly limit?: number | undefined },
    call?: CallOptions,
  ): Promise<PrunedRecords>;
}
