import {
  type Clock,
  type FlowCheckpoint,
  type FlowClaim,
  type FlowRecord,
  type FlowState,
  type FlowStore,
  type FlowWrite,
  type JsonObject,
  type JsonValue,
  SalesAgentError,
  type StoredError,
} from "@salesagent/ports";
import { advance } from "../advance.js";
import { tellStarted } from "../drive.js";
import type { Advance, FlowDelta, FlowHost, FlowSnapshot, WaitFor } from "../flow.js";
import type { GraphEvent } from "../graph-event.js";
import type { GraphPlan } from "../graph-plan.js";
import { Snapshot } from "../snapshot.js";
import { jsonSize } from "../state-size.js";
import { type CurrentRun, readCurrent, toJson } from "./read-back.js";
import { refusedAnswers, restOf } from "./rest-of.js";
import { RunWriter } from "./run-writer.js";
import { originOf } from "./stored-graphs.js";

/** What a claimed run is worked on with. */
export interface FlowRunInit {
  /** What the run goes on with. It may throw: not every process can run every graph. */
  readonly plan: (record: FlowRecord) => GraphPlan | Promise<GraphPlan>;
  readonly claim: FlowClaim;
  readonly flows: FlowStore;
  readonly clock: Clock;
  readonly random: () => number;
  /** Supersteps from one whole snapshot to the next, at least; more where the state is larger than what they wrote. */
  readonly snapshotEvery: number;
  /** Aborts with `flow.fenced` when the run is lost, with `graph.stopped` when its end was asked for. */
  readonly signal: AbortSignal;
  readonly emit: ((event: GraphEvent) => void) | undefined;
  /** Told before it is put on record that the run ends or waits; where it fails, the run is left for another try. */
  readonly onRest?: ((end: FlowRest) => Promise<void>) | undefined;
}

/** How a worker leaves a run. */
export type FlowRunEnd =
  | { readonly kind: "completed"; readonly output: JsonValue }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "cancelled" }
  | { readonly kind: "waiting"; readonly on: readonly WaitFor[] }
  /** It stays as it was, for a worker that can go on with it; it is looked at again after a while. */
  | { readonly kind: "blocked"; readonly reason: unknown }
  /** Somebody else has it, or it could not be kept: it goes on when its lease is over. */
  | { readonly kind: "left"; readonly reason: unknown };

/** A run that ends or waits. */
export type FlowRest = Extract<FlowRunEnd, { kind: "completed" | "failed" | "cancelled" | "waiting" }>;

/** Why a worker that is being closed leaves a run: others may take it at once, without waiting for the lease. */
export const GIVEN_BACK: unique symbol = Symbol("given back");

/** How long a run that this process can't go on with is left to others, in milliseconds. */
const BLOCKED_PAUSE_MS = 15_000;

/** The graph of a run is not to be had here, or the run can't be brought to its version. */
class Blocked {
  constructor(readonly reason: unknown) {}
}

/** Whoever had to hear of the run's rest first has failed. */
class Untold {
  constructor(readonly reason: unknown) {}
}

/** Works on one claimed run until it rests, ends, or is lost. */
export class FlowRun {
  readonly #init: FlowRunInit;
  readonly #writer: RunWriter;
  readonly #steps = new Map<string, JsonValue>();
  readonly #events = new Map<string, JsonValue>();
  #seq = 0;
  /** Since the last whole snapshot. */
  #deltas = 0;
  #deltaBytes = 0;

  constructor(init: FlowRunInit) {
    this.#init = init;
    this.#writer = new RunWriter(init);
  }

  /** Never rejects. */
  async work(): Promise<FlowRunEnd> {
    try {
      return await this.#work();
    } catch (error) {
      return this.#end(error);
    }
  }

  async #work(): Promise<FlowRunEnd> {
    const { flows, claim, signal } = this.#init;
    const state = await flows.load(claim.id, claim.fence, { signal });
    if (state.record.stop) return this.#cancel();
    for (const { name, payload } of state.events) this.#events.set(name, payload);
    this.#seq = state.record.seq;
    this.#deltas = state.deltas.length;
    for (const { delta } of state.deltas) this.#deltaBytes += jsonSize(delta);
    const { plan, current } = await this.#open(state);
    let { snapshot } = current;
    for (const { key, value } of current.steps) this.#steps.set(key, value);
    if (current.migratedFrom !== undefined) await this.#migrated(plan, current, current.migratedFrom);
    const host = this.#host();
    tellStarted(host, snapshot);
    for (;;) {
      const outcome = await advance(plan, snapshot, host, signal);
      const end = await this.#keep(outcome, snapshot);
      if (end) return end;
      if (outcome.kind !== "waiting") snapshot = outcome.snapshot;
    }
  }

  /** @throws Blocked where it is not the run that has failed. */
  async #open(state: FlowState): Promise<{ readonly plan: GraphPlan; readonly current: CurrentRun }> {
    try {
      const plan = await this.#init.plan(state.record);
      return { plan, current: await readCurrent(plan, state) };
    } catch (error) {
      const isAway = isStoreFailure(error) && !SalesAgentError.is(error, "store.not_found");
      if (this.#init.signal.aborted || isAway) throw error;
      throw isBlocking(error) || originOf(state.record) ? new Blocked(error) : error;
    }
  }

  /** Puts it on record that the run goes on with another version, in one write. */
  async #migrated({ version }: GraphPlan, { snapshot, steps }: CurrentRun, from: string): Promise<void> {
    const { superstep, tasks } = snapshot;
    const delta: FlowDelta = { superstep, writes: [], tasks, migration: { from, to: version, steps } };
    const at = new Date(this.#init.clock.now()).toISOString();
    const checkpoint = { seq: ++this.#seq, delta: toJson(delta), snapshot: toJson(snapshot), at };
    await this.#writer.write({ checkpoint, version });
    this.#deltas = 0;
    this.#deltaBytes = 0;
  }

  #host(): FlowHost {
    const { claim, clock, random, emit } = this.#init;
    return {
      ...{ runId: claim.id, tenant: claim.tenant, fence: claim.fence, clock, random },
      recall: (key) => this.#steps.get(key),
      event: (name) => this.#events.get(name),
      remember: async (key, value, taken) => {
        await this.#writer.remember({ key, value }, taken);
        this.#steps.set(key, value);
        if (taken !== undefined) this.#events.delete(taken);
      },
      ...(emit ? { emit } : {}),
    };
  }

  /** Puts what a superstep came to on record. @returns How the run ended or rests; nothing when it goes on. */
  async #keep(outcome: Advance, { values }: FlowSnapshot): Promise<FlowRunEnd | undefined> {
    const { claim, emit } = this.#init;
    const told = { runId: claim.id, path: [] };
    if (outcome.kind === "waiting") {
      const { on } = outcome;
      const steps = [{ key: waitingKey(claim.fence), value: on as JsonValue }];
      const end: FlowRest = { kind: "waiting", on };
      await this.#tell(end);
      await this.#writer.write({ steps, taken: refusedAnswers(on), rest: restOf(on) });
      emit?.({ type: "interrupted", ...told, state: values, on });
      return end;
    }
    const checkpoint = this.#checkpoint(outcome);
    if (outcome.kind === "finished") {
      const { output } = outcome;
      const end: FlowRest = { kind: "completed", output };
      await this.#tell(end);
      await this.#writer.write({ checkpoint, rest: { status: "completed", output } });
      emit?.({ type: "run-completed", ...told, state: output });
      return end;
    }
    await this.#writer.write({ checkpoint });
    this.#steps.clear();
    return undefined;
  }

  #checkpoint({ delta, snapshot }: Exclude<Advance, { kind: "waiting" }>): FlowCheckpoint {
    const { clock, snapshotEvery } = this.#init;
    const seq = ++this.#seq;
    this.#deltas += 1;
    this.#deltaBytes += jsonSize(delta);
    const whole = this.#deltas >= snapshotEvery && this.#deltaBytes >= Snapshot.bytesOf(snapshot);
    if (whole) {
      this.#deltas = 0;
      this.#deltaBytes = 0;
    }
    return {
      seq,
      delta: toJson(delta),
      ...(whole ? { snapshot: toJson(snapshot) } : {}),
      at: new Date(clock.now()).toISOString(),
    };
  }

  async #end(error: unknown): Promise<FlowRunEnd> {
    const { signal } = this.#init;
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (SalesAgentError.is(reason, "graph.stopped")) return this.#cancel();
    if (reason === GIVEN_BACK) {
      const dueAt = new Date(this.#init.clock.now()).toISOString();
      return this.#rest({ status: "pending", dueAt }, { kind: "left", reason });
    }
    if (error instanceof Untold) return { kind: "left", reason: error.reason };
    if (signal.aborted || isStoreFailure(error)) return { kind: "left", reason };
    if (error instanceof Blocked) {
      const dueAt = new Date(this.#init.clock.now() + BLOCKED_PAUSE_MS).toISOString();
      return this.#rest({ status: "pending", dueAt }, { kind: "blocked", reason: error.reason });
    }
    const busyUntil = effectLeaseOf(error);
    if (busyUntil !== undefined) {
      return this.#rest({ status: "pending", dueAt: busyUntil }, { kind: "left", reason });
    }
    return this.#rest({ status: "failed", error: storedError(error) }, { kind: "failed", error });
  }

  #cancel(): Promise<FlowRunEnd> {
    return this.#rest({ status: "cancelled" }, { kind: "cancelled" });
  }

  async #rest(rest: NonNullable<FlowWrite["rest"]>, end: FlowRunEnd): Promise<FlowRunEnd> {
    const { flows, claim } = this.#init;
    try {
      if (end.kind !== "left" && end.kind !== "blocked") await this.#tell(end);
      // Not through the writer: its signal may have aborted, and the end is written all the same.
      await flows.commit({ id: claim.id, fence: claim.fence, rest });
      return end;
    } catch (reason) {
      return { kind: "left", reason: reason instanceof Untold ? reason.reason : reason };
    }
  }

  async #tell(end: FlowRest): Promise<void> {
    try {
      await this.#init.onRest?.(end);
    } catch (reason) {
      throw new Untold(reason);
    }
  }
}

/**
 * Until when an effect of a node is in the hands of another process, most often one that was killed while it acted: then the run
 * looks again, and the effect's lookup tells.
 */
function effectLeaseOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < MOST_CAUSES; depth++) {
    if (SalesAgentError.is(cause, "effect.in_progress")) return cause.facts.leaseUntil;
    cause = cause.cause;
  }
  return undefined;
}

const MOST_CAUSES = 8;

function isStoreFailure(error: unknown): boolean {
  return SalesAgentError.is(error) && (error.code === "flow.fenced" || error.code.startsWith("store."));
}

const isBlocking = (error: unknown): boolean =>
  SalesAgentError.is(error, "graph.version_unknown") || SalesAgentError.is(error, "graph.migration_refused");

function storedError(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  const name = error instanceof Error ? error.name : "Unknown failure";
  return { code: "internal", message: `${name} in the graph's own code` };
}

const WAITING = ":waiting/";

/** Under which it stands what a run waits for, after the claim of this fence. */
function waitingKey(fence: number): string {
  return `${WAITING}${fence}`;
}

/** What a run waits for that is at rest. */
export function waitsOf({ record, steps }: FlowState): readonly WaitFor[] {
  if (record.status !== "waiting") return [];
  const step = steps.find(({ key }) => key === waitingKey(record.fence));
  return (step?.value ?? []) as readonly (JsonObject & WaitFor)[];
}
