import {
  type Clock,
  type FlowClaim,
  SalesAgentError,
  type Timer,
  type Worker,
  wait,
} from "@salesagent/ports";
import { tell } from "../../kernel/tell.js";
import { stopped } from "../graph-errors.js";
import type { GraphEvent } from "../graph-event.js";
import type { GraphPlan } from "../graph-plan.js";
import { type FlowRest, FlowRun, type FlowRunEnd, type FlowRunInit, GIVEN_BACK } from "./flow-run.js";
import type { FlowStorage } from "./flow-storage.js";
import { originOf, type StoredGraphs } from "./stored-graphs.js";

/** What a worker works with. */
export interface GraphWorkerInit {
  readonly storage: FlowStorage;
  /** Which graphs it runs; more may be added while it works. */
  readonly plans: readonly GraphPlan[];
  /** Graphs that are data; likewise. */
  readonly stored: readonly StoredGraphs[];
  readonly owner: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly snapshotEvery: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: ((event: GraphEvent, claim: FlowClaim) => void) | undefined;
  readonly onRest: (end: FlowRest, claim: FlowClaim) => Promise<void>;
  readonly onEnd: ((end: FlowRunEnd, claim: FlowClaim) => void) | undefined;
  readonly onError: ((error: unknown) => void) | undefined;
}

interface RunInHand {
  readonly claim: FlowClaim;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Who asked is on the run's record; a worker only ends it. */
const ASKED = { by: "request", reason: "its end was asked for" };

/** Leases are renewed so often within their time: two heartbeats may be lost. */
const HEARTBEATS_IN_A_LEASE = 3;

/**
 * Takes runs that are due, from any tenant, works on them, and keeps their leases. A worker that dies loses its leases, and others
 * take its runs over without being told.
 */
export class GraphWorker implements Worker {
  readonly #init: GraphWorkerInit;
  readonly #inHand = new Map<string, RunInHand>();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #heartbeat: Timer | undefined;
  #roomMade: (() => void) | undefined;

  constructor(init: GraphWorkerInit) {
    this.#init = init;
    this.#loop = this.#claimOn();
  }

  async drain({ timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#stop.abort(new DOMException("The worker is being drained.", "AbortError"));
    await this.#loop;
    const runs = [...this.#inHand.values()];
    const timer =
      timeoutMs === undefined ? undefined : this.#init.clock.schedule(timeoutMs, () => this.#leaveAll());
    await Promise.all(runs.map(({ done }) => done));
    timer?.cancel();
    this.#heartbeat?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaveAll();
    await this.drain();
  }

  async #claimOn(): Promise<void> {
    const { storage, pollMs, onError } = this.#init;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#untilRoom();
        const claims = signal.aborted ? [] : await this.#claim();
        for (const claim of claims) this.#begin(claim);
        if (claims.length === 0) await storage.queue.wait(pollMs, { signal });
      } catch (error) {
        if (signal.aborted) return;
        tell(onError, error);
        await this.#pause();
      }
    }
  }

  #claim(): Promise<readonly FlowClaim[]> {
    const { storage, owner, leaseMs, concurrency } = this.#init;
    const versions = new Map<string, Set<string>>();
    const add = (name: string, version: string) => {
      const known = versions.get(name);
      if (known) known.add(version);
      else versions.set(name, new Set([version]));
    };
    for (const { name, version, migrations } of this.#init.plans) {
      add(name, version);
      for (const older of migrations.keys()) add(name, older);
    }
    for (const { name, version } of this.#init.stored) add(name, version);
    const graphs = [...versions].map(([name, known]) => ({ name, versions: [...known] }));
    const limit = concurrency - this.#inHand.size;
    return storage.queue.claim({ owner, leaseMs, limit, graphs }, { signal: this.#stop.signal });
  }

  /** Resolves when one more run can be taken. */
  async #untilRoom(): Promise<void> {
    while (this.#inHand.size >= this.#init.concurrency && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#roomMade = resolve;
      });
    }
  }

  /** After a failure of the store: nothing is asked of it for a while. */
  async #pause(): Promise<void> {
    const { clock, pollMs } = this.#init;
    await wait(clock, pollMs, this.#stop.signal).catch(() => {});
  }

  #begin(claim: FlowClaim): void {
    const { storage, clock, random, snapshotEvery, onEvent, onRest, onEnd, onError } = this.#init;
    const controller = new AbortController();
    const plan = this.#planOf(claim, controller.signal);
    if (!plan) return;
    const run = new FlowRun({
      ...{ plan, claim, clock, random, snapshotEvery, signal: controller.signal },
      flows: storage.tenant(claim.tenant).flows,
      emit: onEvent && ((event) => tell(onEvent, event, claim)),
      onRest: (end) => onRest(end, claim),
    });
    const key = `${claim.tenant}\n${claim.id}`;
    // In the next turn: the run must be in hand before it can end.
    const done = Promise.resolve()
      .then(() => run.work())
      .then((end) => {
        this.#inHand.delete(key);
        this.#roomMade?.();
        if (end.kind === "blocked") tell(onError, end.reason);
        tell(onEnd, end, claim);
      });
    this.#inHand.set(key, { claim, controller, done });
    this.#keepLeases();
  }

  /** The version that a run is pinned to, where it is here; else one that its runs go on with. */
  #planOf(claim: FlowClaim, signal: AbortSignal): FlowRunInit["plan"] | undefined {
    const { plans, stored } = this.#init;
    const { graph, version, tenant } = claim;
    const named = plans.filter(({ name }) => name === graph);
    const plan =
      named.find((it) => it.version === version) ?? named.findLast((it) => it.migrations.has(version));
    if (plan) return () => plan;
    const source = stored.find((it) => it.name === graph && it.version === version);
    if (!source) return undefined;
    return (record) => source.resolve(originOf(record) ?? {}, { tenant, signal });
  }

  /** One timer for all runs in hand, and none without. */
  #keepLeases(): void {
    if (this.#heartbeat || this.#inHand.size === 0) return;
    const { clock, leaseMs } = this.#init;
    this.#heartbeat = clock.schedule(leaseMs / HEARTBEATS_IN_A_LEASE, () => {
      void this.#renew().finally(() => {
        this.#heartbeat = undefined;
        this.#keepLeases();
      });
    });
  }

  async #renew(): Promise<void> {
    const { storage, leaseMs, onError } = this.#init;
    const claims = [...this.#inHand.values()].map(({ claim }) => claim);
    try {
      for (const lost of await storage.queue.renew(claims, leaseMs)) this.#lose(lost);
    } catch (error) {
      // The next heartbeat tries again; what is lost meanwhile is found out by the fence.
      tell(onError, error);
    }
  }

  #lose(lost: FlowClaim & { readonly reason: "fenced" | "stopped" }): void {
    const run = this.#inHand.get(`${lost.tenant}\n${lost.id}`);
    if (!run || run.claim.fence !== lost.fence) return;
    run.controller.abort(lost.reason === "stopped" ? stopped(lost.id, ASKED) : fenced(lost));
  }

  #leaveAll(): void {
    for (const { controller } of this.#inHand.values()) controller.abort(GIVEN_BACK);
  }
}

function fenced({ id, fence }: FlowClaim): SalesAgentError<"flow.fenced"> {
  return new SalesAgentError("flow.fenced", {
    message: `The run ${id} is not this worker's any more. It goes on where it has been taken over.`,
    facts: { runId: id, fence },
    replay: "unsafe",
  });
}
