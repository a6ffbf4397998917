import { type Clock, createSortableIds, type FlowClaim, systemClock, type Worker } from "@salesagent/ports";
import { tell } from "../../kernel/tell.js";
import type { GraphEvent } from "../graph-event.js";
import type { GraphPlan } from "../graph-plan.js";
import type { Checkpointer } from "../graph-runs.js";
import { AnyRuns } from "./any-runs.js";
import { DurableRuns } from "./durable-runs.js";
import type { FlowObserver } from "./flow-observer.js";
import type { FlowStorage } from "./flow-storage.js";
import { GraphWorker } from "./graph-worker.js";
import { RunWaiters } from "./run-waiters.js";
import type { StoredGraphs } from "./stored-graphs.js";
import { type StoredRuns, storedRuns } from "./stored-runs.js";

/** How durable runs are kept and worked on. */
export interface DurableOptions {
  readonly storage: FlowStorage;
  /** Whose runs they are where a call names no tenant. */
  readonly tenant?: string | undefined;
  /**
   * `here`: the first run that is begun or answered makes this process work, on the runs of all tenants. `elsewhere`: it only
   * begins, answers and looks; other processes work. @defaultValue "here"
   */
  readonly work?: "here" | "elsewhere" | undefined;
  /** Runs at once in this process. @defaultValue 50 */
  readonly concurrency?: number | undefined;
  /** How long a run stays with a process that died, in milliseconds ≥ 300. @defaultValue 1_500 */
  readonly leaseMs?: number | undefined;
  /** How often the store is asked where nothing tells of work, in milliseconds ≥ 10. @defaultValue 250 */
  readonly pollMs?: number | undefined;
  /**
   * Supersteps from one whole snapshot to the next, at least: one is made when what they wrote is as long as the state, so that
   * a long transcript is not kept again and again. @defaultValue 50
   */
  readonly snapshotEvery?: number | undefined;
  /** Names this process. @defaultValue a new id */
  readonly owner?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** Told what happens in runs that this process works on. */
  readonly onEvent?: ((event: GraphEvent, run: FlowClaim) => void) | undefined;
  /**
   * Told when the store fails a worker, which goes on by itself; and when this process can't go on with a run that was due: it
   * stays for others, and is looked at again every 15 s.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Keeps runs in a storage: pass it to `compile` as the `checkpointer`. */
export interface DurableFlows extends Checkpointer, AsyncDisposable {
  /** Makes this process work on runs that are due, of all tenants and of all graphs compiled with it. Once is enough. */
  work(): Worker;
  /** Where this process works, it works on runs of these graphs too. Once is enough. */
  stored(graphs: StoredGraphs): StoredRuns;
  /** Watches the runs that this process works on, of all tenants and graphs. */
  observe(observer: FlowObserver): void;
  /** The runs of a tenant by their ids, of whatever graph: also of one that only other processes have. */
  of(tenant: string): AnyRuns;
}

/**
 * Runs that survive their process. Each superstep is kept in one write; whoever works, in whatever process, takes over what a
 * dead one left when its lease is over, from the last finished step.
 *
 * @throws RangeError naming the option that makes no sense.
 */
export function durableFlows(options: DurableOptions): DurableFlows {
  const { storage, tenant, clock = systemClock, random = Math.random, onError } = options;
  const { concurrency = 50, leaseMs = 1_500, pollMs = 250, snapshotEvery = 50 } = options;
  check("concurrency", concurrency, 1);
  check("leaseMs", leaseMs, 300);
  check("pollMs", pollMs, 10);
  check("snapshotEvery", snapshotEvery, 1);
  const owner = options.owner ?? createSortableIds(clock)();
  const plans: GraphPlan[] = [];
  const stored: StoredGraphs[] = [];
  const observers: FlowObserver[] = [];
  const waiters = new RunWaiters(clock, pollMs);
  let worker: GraphWorker | undefined;
  const work = () => {
    worker ??= new GraphWorker({
      ...{
        storage,
        plans,
        stored,
        owner,
        concurrency,
        leaseMs,
        pollMs,
        snapshotEvery,
        clock,
        random,
        onError,
      },
      onEvent: (event, claim) => {
        waiters.happened(event, claim);
        tell(options.onEvent, event, claim);
        for (const observer of observers) tell(observer.happened, event, claim);
      },
      onRest: async (end, claim) => {
        for (const observer of observers) await observer.resting?.(end, claim);
      },
      onEnd: (end, claim) => {
        waiters.ended(end, claim);
        for (const observer of observers) tell(observer.left, claim);
      },
    });
    return worker;
  };
  const ensureWork = () => {
    if (options.work !== "elsewhere") work();
  };
  return {
    work,
    runs(plan, means) {
      plans.push(plan);
      return new DurableRuns({ plan, means, storage, tenant, waiters, ensureWork });
    },
    stored(graphs) {
      stored.push(graphs);
      return storedRuns(graphs, { storage, tenant, waiters, ensureWork });
    },
    observe: (observer) => void observers.push(observer),
    of: (id) => new AnyRuns({ tenant: id, storage, waiters, ensureWork }),
    async [Symbol.asyncDispose]() {
      await worker?.[Symbol.asyncDispose]();
    },
  };
}

function check(option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`durableFlows.${option} must be a whole number ≥ ${least}, got ${value}`);
}
