import {
  type EventBus,
  SalesAgentError,
  type StoredError,
  type SyncRun,
  type TenantStorage,
} from "@salesagent/ports";
import { type SyncContext, type SyncEvent, timeOf } from "../sync-context.js";
import { syncCycle } from "../sync-cycle.js";
import { endDeadRuns } from "./dead-runs.js";
import { RunPresence } from "./run-presence.js";
import type { SyncProgress } from "./sync-progress.js";
import { SyncTotals } from "./sync-progress.js";

/** What a run is begun with. */
export interface RunStart {
  readonly tenant: string;
  readonly trigger: string;
  /** Walks over all records again. */
  readonly full: boolean;
  readonly events: EventBus | undefined;
}

/** How often the record of a run that goes on is brought up to date, in milliseconds. */
const RECORD_EVERY_MS = 5_000;

/**
 * Runs one sync and keeps its record: `running` from its start, and how it ended whatever that is. Runs of the same connection
 * whose process ended before them are put on record as failed.
 *
 * @param makeContext - Given the run's id and who is told of what it does.
 * @throws What ended it.
 */
export async function runSync(
  makeContext: (runId: string, tell: (event: SyncEvent) => void) => SyncContext,
  createId: () => string,
  start: RunStart,
  onProgress: (event: SyncProgress) => void,
): Promise<SyncRun> {
  const runId = createId();
  let work: RecordedRun | undefined;
  const context = makeContext(runId, (event) => work?.take(event));
  work = new RecordedRun(context, runId, start, onProgress);
  return work.run();
}

class RecordedRun {
  readonly #context: SyncContext;
  readonly #start: RunStart;
  readonly #onProgress: (event: SyncProgress) => void;
  readonly #totals: SyncTotals;
  readonly #startedMs: number;
  readonly #begun: SyncRun;
  #recordedMs: number;
  #recording: Promise<void> = Promise.resolve();

  constructor(context: SyncContext, id: string, start: RunStart, onProgress: (event: SyncProgress) => void) {
    const { connection, kinds, direction, clock } = context;
    this.#context = context;
    this.#start = start;
    this.#onProgress = onProgress;
    this.#totals = new SyncTotals(() => clock.elapsed());
    this.#startedMs = clock.elapsed();
    this.#recordedMs = this.#startedMs;
    const { trigger } = start;
    const startedAt = timeOf(context);
    this.#begun = { id, connection, kinds, direction, trigger, startedAt, status: "running", counts: {} };
  }

  async run(): Promise<SyncRun> {
    const { connection, storage, clock, signal } = this.#context;
    const { tenant, events } = this.#start;
    await endDeadRuns({ tenant, storage, clock, events }, connection, { signal });
    const presence = await RunPresence.begin(this.#context, this.#begun.id);
    try {
      return await this.#runToItsEnd();
    } finally {
      await presence[Symbol.asyncDispose]();
    }
  }

  async #runToItsEnd(): Promise<SyncRun> {
    const { kinds } = this.#context;
    await this.#storage.syncRuns.put(this.#begun, { signal: this.#context.signal });
    this.#onProgress({ type: "started", syncId: this.#begun.id, kinds });
    this.#start.events?.emit("sync-started", { ...this.#base(), trigger: this.#start.trigger });
    try {
      await syncCycle(this.#context, { full: this.#start.full });
    } catch (error) {
      await this.#fail(error);
      throw error;
    }
    return this.#complete();
  }

  /** What the engine tells, passed on to who reads, who listens, and the record. */
  take(event: SyncEvent): void {
    const progress = this.#totals.take(event);
    if (progress) this.#onProgress(progress);
    this.#announce(event);
    const nowMs = this.#context.clock.elapsed();
    if (nowMs - this.#recordedMs < RECORD_EVERY_MS) return;
    this.#recordedMs = nowMs;
    const record = { ...this.#begun, counts: this.#totals.sums() };
    // A record that comes late or not at all harms nothing: the end is written after it.
    this.#recording = this.#recording.then(() => this.#storage.syncRuns.put(record)).catch(() => {});
  }

  #announce(event: SyncEvent): void {
    const { events } = this.#start;
    if (event.type === "braked") {
      const { type: _type, ...held } = event;
      events?.emit("removals-held", { ...this.#base(), ...held });
    } else if (event.type === "conflict") {
      const { type: _type, ...found } = event;
      events?.emit("conflict-found", { ...this.#base(), ...found });
    } else if (event.type === "dead-letter") {
      const { type: _type, code: errorCode, ...letter } = event;
      events?.emit("dead-letter-added", { ...this.#base(), ...letter, errorCode });
    }
  }

  async #complete(): Promise<SyncRun> {
    const run = this.#ended("completed");
    await this.#keep(run);
    const { counts } = run;
    this.#start.events?.emit("sync-completed", { ...this.#base(), counts, latencyMs: this.#latencyMs() });
    return run;
  }

  async #fail(error: unknown): Promise<void> {
    const isStopped = this.#context.signal?.aborted === true;
    const stored = storedError(error);
    await this.#keep({ ...this.#ended(isStopped ? "stopped" : "failed"), error: stored }).catch(() => {
      // What ended the run is thrown; that it could not be kept as well changes nothing of it.
    });
    this.#start.events?.emit("sync-failed", { ...this.#base(), error: stored, latencyMs: this.#latencyMs() });
  }

  /** Without the signal: a run that was stopped is on record as stopped. */
  async #keep(run: SyncRun): Promise<void> {
    await this.#recording;
    await this.#storage.syncRuns.put(run);
  }

  #ended(status: SyncRun["status"]): SyncRun {
    return { ...this.#begun, status, counts: this.#totals.sums(), finishedAt: timeOf(this.#context) };
  }

  /** What each event of this run tells. */
  #base() {
    const { tenant } = this.#start;
    return { tenant, at: timeOf(this.#context), connection: this.#begun.connection, syncId: this.#begun.id };
  }

  #latencyMs(): number {
    return this.#context.clock.elapsed() - this.#startedMs;
  }

  get #storage(): TenantStorage {
    return this.#context.storage;
  }
}

function storedError(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  const name = error instanceof Error ? error.name : "Unknown failure";
  return { code: "internal", message: `${name} while records were synced` };
}
