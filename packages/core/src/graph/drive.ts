import type { JsonObject } from "@salesagent/ports";
import { advance } from "./advance.js";
import type { Advance, FlowHost, FlowSnapshot, WaitFor } from "./flow.js";
import type { GraphPlan } from "./graph-plan.js";
import type { RunOutcome } from "./graph-runs.js";
import { isPromise, type MaybePromise } from "./maybe-promise.js";

/** Keeps one run while it is driven. */
export interface RunKeeper {
  readonly host: FlowHost;
  /** Where the run stands. */
  open(): MaybePromise<FlowSnapshot>;
  advanced(step: Exclude<Advance, { kind: "waiting" }>): void;
  /** The run is at its end. */
  finished(): void;
  /** It may throw: not every keeper can keep a run that waits. */
  waiting(on: readonly WaitFor[]): void;
  failed(error: unknown): void;
}

/** How a run is driven. */
export interface DriveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is asked before each superstep; what it gives is waited for. */
  readonly pause?: (() => Promise<void> | undefined) | undefined;
}

/** Runs superstep after superstep until the run ends or waits. */
export async function drive(
  plan: GraphPlan,
  keeper: RunKeeper,
  { signal, pause }: DriveOptions,
): Promise<RunOutcome<JsonObject>> {
  const { host } = keeper;
  const { runId } = host;
  try {
    signal?.throwIfAborted();
    const opened = keeper.open();
    let snapshot = isPromise(opened) ? await opened : opened;
    tellStarted(host, snapshot);
    for (let isAtEnd = false; !isAtEnd; ) {
      const paused = pause?.();
      if (paused) await paused;
      const running = advance(plan, snapshot, host, signal);
      const step = isPromise(running) ? await running : running;
      if (step.kind === "waiting") {
        keeper.waiting(step.on);
        host.emit?.({ type: "interrupted", runId, path: [], state: snapshot.values, on: step.on });
        return { status: "waiting", runId, state: snapshot.values, on: step.on };
      }
      keeper.advanced(step);
      snapshot = step.snapshot;
      isAtEnd = step.kind === "finished";
    }
    keeper.finished();
    host.emit?.({ type: "run-completed", runId, path: [], state: snapshot.values });
    return { status: "completed", runId, state: snapshot.values };
  } catch (error) {
    keeper.failed(error);
    throw error;
  }
}

/** Tells that a run begins or goes on, and its state. */
export function tellStarted(host: FlowHost, { superstep, values }: FlowSnapshot): void {
  if (!host.emit) return;
  const { runId } = host;
  host.emit({ type: "run-started", runId, path: [], superstep });
  host.emit({ type: "state", runId, path: [], superstep, state: values });
}
