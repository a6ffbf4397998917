import {
  type Clock,
  type FlowClaim,
  type FlowRecord,
  type FlowStore,
  untilAborted,
  wait,
} from "@salesagent/ports";
import type { GraphEvent } from "../graph-event.js";
import type { FlowRunEnd } from "./flow-run.js";

/** A run by its tenant and id. */
export interface RunName {
  readonly tenant: string;
  readonly id: string;
}

type Wake = (end: FlowRunEnd | undefined) => void;

const RESTING: ReadonlySet<string> = new Set(["waiting", "completed", "failed", "cancelled"]);

/** Who waits in this process for runs to rest, and who watches them. */
export class RunWaiters {
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #waiting = new Map<string, Set<Wake>>();
  readonly #watching = new Map<string, Set<(event: GraphEvent) => void>>();

  /** @param pollMs - How often the store is asked about runs that another process may have. */
  constructor(clock: Clock, pollMs: number) {
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  /** Told by the worker of this process. */
  ended(end: FlowRunEnd, claim: FlowClaim): void {
    for (const wake of this.#waiting.get(keyOf(claim)) ?? []) wake(end);
  }

  /** Told by the worker of this process. */
  happened(event: GraphEvent, claim: FlowClaim): void {
    for (const watch of this.#watching.get(keyOf(claim)) ?? []) watch(event);
  }

  /** @returns Ends the watching. */
  watch(run: RunName, watcher: (event: GraphEvent) => void): () => void {
    return enter(this.#watching, keyOf(run), watcher);
  }

  /**
   * Resolves when the run rests or ends, in whatever process, after a claim of it that is newer than the fence.
   *
   * @returns The record; and how it ended, where that was in this process.
   * @throws Why this process can't go on with it, where it has tried.
   */
  async settled(
    flows: FlowStore,
    run: RunName,
    fence: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly record: FlowRecord; readonly end: FlowRunEnd | undefined }> {
    let end: FlowRunEnd | undefined;
    let wake = () => {};
    const leave = enter(this.#waiting, keyOf(run), (how) => {
      end = how;
      wake();
    });
    try {
      for (;;) {
        const told = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (end?.kind === "blocked") throw end.reason;
        const record = await flows.get(run.id, { signal });
        if (!record) throw new Error(`The run ${run.id} is not there any more.`);
        const rests = record.fence > fence && RESTING.has(record.status);
        // A failure's record may be seen a moment before this process's worker tells of the error itself.
        if (!rests || (record.status === "failed" && !end)) await this.#untilTold(told, signal);
        if (rests) return { record, end };
      }
    } finally {
      leave();
    }
  }

  /** Until the run ends in this process, or it is time to ask the store. */
  async #untilTold(told: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController();
    const slept = wait(this.#clock, this.#pollMs, over.signal).catch(() => {});
    try {
      await untilAborted(Promise.race([told, slept]), signal);
    } finally {
      over.abort();
    }
  }
}

function keyOf({ tenant, id }: RunName): string {
  return `${tenant}\n${id}`;
}

/** @returns Takes it out again. */
function enter<T>(map: Map<string, Set<T>>, key: string, entry: T): () => void {
  let entries = map.get(key);
  if (!entries) {
    entries = new Set();
    map.set(key, entries);
  }
  entries.add(entry);
  return () => {
    if (entries.delete(entry) && entries.size === 0) map.delete(key);
  };
}
