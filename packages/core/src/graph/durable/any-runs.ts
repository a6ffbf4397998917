import type {
  CallOptions,
  FlowRecord,
  FlowStart,
  FlowStore,
  JsonValue,
  TenantStores,
} from "@salesagent/ports";
import type { FlowStorage } from "./flow-storage.js";
import type { RunWaiters } from "./run-waiters.js";

/** What the runs of one tenant are found with. */
export interface AnyRunsInit {
  readonly tenant: string;
  readonly storage: FlowStorage;
  readonly waiters: RunWaiters;
  /** Sees to it that somebody works in this process, where that is wanted. */
  readonly ensureWork: () => void;
}

/** Runs of one tenant by their ids, of whatever graph: for who begins, answers and ends them without having the graph. */
export class AnyRuns {
  readonly #init: AnyRunsInit;

  constructor(init: AnyRunsInit) {
    this.#init = init;
  }

  /**
   * Begins a run, and does not wait for it. What it begins with is not checked.
   *
   * @param options.in - Stores of a transaction: the run is there only when the transaction stands.
   * @returns False when its id is taken.
   */
  async begin(
    start: FlowStart,
    options: CallOptions & { readonly in?: Pick<TenantStores, "flows"> } = {},
  ): Promise<boolean> {
    const isNew = await (options.in?.flows ?? this.#flows).create(start, { signal: options.signal });
    this.#init.ensureWork();
    return isNew;
  }

  /** @returns False when there is no such run, or it has ended. */
  async deliver(runId: string, name: string, payload: JsonValue, call?: CallOptions): Promise<boolean> {
    this.#init.ensureWork();
    return this.#flows.deliver(runId, { name, payload }, call);
  }

  /** @returns False when there is no such run, or it has ended. */
  async stop(
    runId: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ): Promise<boolean> {
    this.#init.ensureWork();
    return this.#flows.stop(runId, stop, call);
  }

  /** Makes a run that failed go on. @returns False when there is none, or it can't. */
  async reopen(runId: string, call?: CallOptions): Promise<boolean> {
    this.#init.ensureWork();
    return this.#flows.reopen(runId, call);
  }

  /** Waits until a run waits or ends, in whatever process. @throws Error for a run that is not there; the signal's reason. */
  async settled(runId: string, { signal }: CallOptions = {}): Promise<FlowRecord> {
    const { tenant, waiters } = this.#init;
    const { record } = await waiters.settled(this.#flows, { tenant, id: runId }, -1, signal);
    return record;
  }

  get #flows(): FlowStore {
    return this.#init.storage.tenant(this.#init.tenant).flows;
  }
}
