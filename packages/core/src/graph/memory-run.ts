import {
  type Clock,
  type JsonObject,
  type JsonValue,
  type RunStatus,
  SalesAgentError,
  type StoredError,
} from "@salesagent/ports";
import { applyDelta } from "./apply-delta.js";
import type { RunKeeper } from "./drive.js";
import type { Advance, FlowDelta, FlowHost, FlowSnapshot, WaitFor } from "./flow.js";
import { stopped } from "./graph-errors.js";
import type { GraphEvent } from "./graph-event.js";
import type { GraphPlan, RunMeans } from "./graph-plan.js";
import type { HistoryPoint, RunOptions, RunView } from "./graph-runs.js";
import { isPromise, type MaybePromise } from "./maybe-promise.js";

/**
 * A whole snapshot is kept when the deltas since the last one are as long as that was, and at least so many characters: what is
 * kept stays within a few times the deltas, and reading back within a few times the state.
 */
const LEAST_BETWEEN_SNAPSHOTS = 4_000;

interface Checkpoint {
  readonly delta: string;
  readonly snapshot: string | undefined;
  readonly atMs: number;
}

/** What a run is made of, beside its first snapshot. */
export interface MemoryRunInit {
  readonly plan: GraphPlan;
  readonly means: RunMeans;
  readonly runId: string;
  readonly tenant: string | undefined;
  readonly threadId?: string | undefined;
  readonly forkOf?: { readonly runId: string; readonly superstep: number };
}

/** One run, kept in this process. */
export class MemoryRun implements RunKeeper, FlowHost {
  readonly host = this;
  readonly runId: string;
  readonly tenant: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  recursionLimit: number | undefined;
  emit: ((event: GraphEvent) => void) | undefined;
  status: RunStatus = "pending";
  on: readonly WaitFor[] = [];
  readonly #plan: GraphPlan;
  readonly #threadId: string | undefined;
  readonly #forkOf: MemoryRunInit["forkOf"];
  #first: (() => MaybePromise<FlowSnapshot>) | undefined;
  readonly #createdAtMs: number;
  #base: { readonly snapshot: string; readonly superstep: number } | undefined;
  readonly #checkpoints: Checkpoint[] = [];
  /** Since the last whole snapshot, and of it. */
  #deltaChars = 0;
  #snapshotChars = 0;
  // Absent while empty: thousands of runs may wait.
  #remembered: Map<string, string> | undefined;
  #events: Map<string, string> | undefined;
  #error: StoredError | undefined;
  #stop: { readonly by: string; readonly reason: string; readonly at: string } | undefined;
  #abort: ((reason: unknown) => void) | undefined;

  /** @param first - The state that it begins with. */
  constructor(init: MemoryRunInit, first: () => MaybePromise<FlowSnapshot>) {
    this.#plan = init.plan;
    this.#threadId = init.threadId;
    this.#forkOf = init.forkOf;
    this.#first = first;
    this.runId = init.runId;
    this.tenant = init.tenant;
    this.clock = init.means.clock;
    this.random = init.means.random;
    this.#createdAtMs = this.clock.now();
  }

  /** Whether its input was taken in. */
  get hasBegun(): boolean {
    return this.#base !== undefined;
  }

  /** Takes the run in hand. @param abort - Ends what runs, when the run is stopped. */
  begin(
    options: RunOptions,
    emit: ((event: GraphEvent) => void) | undefined,
    abort: (reason: unknown) => void,
  ): void {
    this.status = "running";
    this.on = [];
    this.#error = undefined;
    this.recursionLimit = options.recursionLimit;
    this.emit = emit;
    this.#abort = abort;
  }

  async open(): Promise<FlowSnapshot> {
    if (!this.#first) return this.latest();
    const opened = this.#first();
    const snapshot = isPromise(opened) ? await opened : opened;
    this.#base = { snapshot: JSON.stringify(snapshot), superstep: snapshot.superstep };
    this.#first = undefined;
    return snapshot;
  }

  /** The state as it is read back. */
  latest(): FlowSnapshot {
    return this.at(Number.POSITIVE_INFINITY);
  }

  /** The state after a superstep, or the last one before it. */
  at(superstep: number): FlowSnapshot {
    if (!this.#base) throw new RangeError(`The run ${this.runId} has not begun.`);
    const first = this.#base.superstep;
    const count = Math.min(this.#checkpoints.length, superstep - first);
    let from = count;
    while (from > 0 && this.#checkpoints[from - 1]?.snapshot === undefined) from--;
    const text = this.#checkpoints[from - 1]?.snapshot ?? this.#base.snapshot;
    let snapshot = JSON.parse(text) as FlowSnapshot;
    for (const { delta } of this.#checkpoints.slice(from, count)) {
      snapshot = applyDelta(this.#plan, snapshot, JSON.parse(delta) as FlowDelta);
    }
    return snapshot;
  }

  recall(key: string): JsonValue | undefined {
    const kept = this.#remembered?.get(key);
    return kept === undefined ? undefined : (JSON.parse(kept) as JsonValue);
  }

  remember(key: string, value: JsonValue, taken?: string): void {
    this.#remembered ??= new Map();
    this.#remembered.set(key, JSON.stringify(value));
    if (taken !== undefined) this.#take(taken);
  }

  event(name: string): JsonValue | undefined {
    const kept = this.#events?.get(name);
    return kept === undefined ? undefined : (JSON.parse(kept) as JsonValue);
  }

  /** An event of a name that came before and was not taken yet is passed over. */
  deliver(name: string, payload: JsonValue): void {
    this.#events ??= new Map();
    if (!this.#events.has(name)) this.#events.set(name, JSON.stringify(payload));
  }

  advanced({ delta, snapshot }: Exclude<Advance, { kind: "waiting" }>): void {
    const text = JSON.stringify(delta);
    this.#deltaChars += text.length;
    const isWhole = this.#deltaChars >= Math.max(LEAST_BETWEEN_SNAPSHOTS, this.#snapshotChars);
    const whole = isWhole ? JSON.stringify(snapshot) : undefined;
    if (whole !== undefined) {
      this.#deltaChars = 0;
      this.#snapshotChars = whole.length;
    }
    this.#checkpoints.push({ delta: text, snapshot: whole, atMs: this.clock.now() });
    this.#remembered = undefined;
  }

  finished(): void {
    this.#rest("completed");
    this.#events = undefined;
  }

  waiting(on: readonly WaitFor[]): void {
    this.on = on;
    for (const wait of on) if (wait.kind === "interrupt" && wait.problem) this.#take(wait.name);
    this.#rest("waiting");
  }

  /** A run whose caller left is not failed: it can be resumed. */
  failed(error: unknown, left = false): void {
    const isFailed = !this.#stop && !left;
    if (isFailed) this.#error = storedError(error);
    this.#rest(this.#stop ? "cancelled" : left ? "pending" : "failed");
  }

  /** @returns False when it has ended. */
  stop(by: string, reason: string): boolean {
    if (this.status === "completed" || this.status === "cancelled") return false;
    this.#stop = { by, reason, at: this.#iso(this.clock.now()) };
    if (this.status === "running") this.#abort?.(stopped(this.runId, { by, reason }));
    else this.#rest("cancelled");
    return true;
  }

  async view<State>(): Promise<RunView<State>> {
    const { superstep, values, tasks } = this.#base ? this.latest() : await this.open();
    const threadId = this.#threadId;
    const forkOf = this.#forkOf;
    return {
      runId: this.runId,
      status: this.status,
      version: this.#plan.version,
      superstep,
      state: values as State,
      next: tasks.map(({ node }) => node),
      on: this.on,
      ...(this.#error && { error: this.#error }),
      ...(this.#stop && { stop: this.#stop }),
      ...(threadId !== undefined && { threadId }),
      ...(forkOf && { forkOf }),
      createdAt: this.#iso(this.#createdAtMs),
    };
  }

  /** Latest first. */
  async history<State>(): Promise<readonly HistoryPoint<State>[]> {
    await this.open();
    let snapshot = this.at(0);
    const points = [this.#point<State>(snapshot, [], this.#createdAtMs)];
    for (const { delta: text, atMs } of this.#checkpoints) {
      const delta = JSON.parse(text) as FlowDelta;
      snapshot = applyDelta(this.#plan, snapshot, delta);
      points.push(this.#point<State>(snapshot, delta.writes, atMs));
    }
    return points.reverse();
  }

  #point<State>(
    { superstep, values, tasks }: FlowSnapshot,
    writes: FlowDelta["writes"],
    atMs: number,
  ): HistoryPoint<State> {
    const next = tasks.map(({ node }) => node);
    const { version } = this.#plan;
    return { superstep, version, state: values as JsonObject & State, next, writes, at: this.#iso(atMs) };
  }

  #take(event: string): void {
    this.#events?.delete(event);
    if (this.#events?.size === 0) this.#events = undefined;
  }

  #rest(status: RunStatus): void {
    this.status = status;
    this.#abort = undefined;
  }

  #iso(atMs: number): string {
    return new Date(atMs).toISOString();
  }
}

function storedError(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  return { code: "internal", message: "The run failed with an error that is not of this SDK." };
}
