import { type CallOptions, type Clock, type FlowQueue, onAbort, type Timer } from "@salesagent/ports";
import { checkLease, closedStore, toNormalWant } from "@salesagent/ports/store-rules";
import { DueRuns } from "./due-runs.js";
import { claimRow, isHeld, prolongRow } from "./flow-row.js";
import type { FlowTable } from "./flow-table.js";

interface Waiter {
  readonly untilMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Workers that sleep. However many there are, and however many runs, they share one timer, and there is none without them. */
class Sleepers {
  readonly #waiters = new Set<Waiter>();
  #timer: Timer | undefined;
  /** Something became due since the last claim. */
  #hasNews = false;
  /** When it was last looked what is due. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly firstAfter: (ms: number) => number | undefined,
  ) {}

  /** @param dueMs - When a run became due, or will. */
  note(dueMs: number): void {
    if (dueMs <= this.clock.now()) {
      this.#hasNews = true;
      this.#wake(() => true);
    }
    this.#arm();
  }

  /** @param isAll - Nothing that is due was left. */
  looked(isAll: boolean): void {
    this.#lookedMs = this.clock.now();
    this.#hasNews = !isAll;
  }

  async sleep(maxMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (maxMs === 0 || this.#isDue()) return;
    let release = () => {};
    let leave = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter = { untilMs: this.clock.now() + maxMs, resolve, reject };
        leave = () => this.#waiters.delete(waiter);
        if (signal !== undefined) release = onAbort(signal, () => reject(signal.reason));
        this.#waiters.add(waiter);
        this.#arm();
      });
    } finally {
      release();
      leave();
      this.#arm();
    }
  }

  close(): void {
    for (const { reject } of this.#waiters) reject(closedStore("queue", "The storage"));
    this.#waiters.clear();
    this.#arm();
  }

  #isDue(): boolean {
    const nextMs = this.firstAfter(this.#lookedMs);
    return this.#hasNews || (nextMs !== undefined && nextMs <= this.clock.now());
  }

  #wake(isOver: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#waiters) {
      if (!isOver(waiter)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Sets the timer to the next time at which a run is due, or a wait is over. */
  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiters.size === 0) return;
    const nowMs = this.clock.now();
    const untilMs = Math.min(...[...this.#waiters].map((waiter) => waiter.untilMs));
    const nextMs = Math.min(untilMs, this.firstAfter(nowMs) ?? untilMs);
    this.#timer = this.clock.schedule(Math.max(0, nextMs - nowMs), () => this.#ring());
  }

  #ring(): void {
    const nowMs = this.clock.now();
    const isDue = this.#isDue();
    this.#wake(({ untilMs }) => isDue || untilMs <= nowMs);
    this.#arm();
  }
}

/** The queue of all tenants' runs, as the storage holds it. */
export interface MemoryFlowQueue {
  readonly queue: FlowQueue;
  /** Where the tables of tenants tell when their runs are due. */
  readonly due: DueRuns;
  /** Lets everybody go who waits. */
  close(): void;
}

/** @param tableOf - The runs of a tenant, where there are any. */
export function createMemoryFlowQueue(
  clock: Clock,
  admit: (store: string, call: CallOptions | undefined) => void,
  tableOf: (tenant: string) => FlowTable | undefined,
): MemoryFlowQueue {
  const due = new DueRuns((dueMs) => sleepers.note(dueMs));
  const sleepers = new Sleepers(clock, (ms) => due.firstAfter(ms));
  const toInstant = (ms: number) => new Date(ms).toISOString();
  const queue: FlowQueue = {
    port: "flow-queue/1",
    async claim(want, call) {
      admit("queue", call);
      const { owner, leaseMs, limit, graphs } = toNormalWant(want);
      const nowMs = clock.now();
      const found = due.findDue(graphs, nowMs, limit);
      const claims = found.flatMap(({ table, id, graph, version }) => {
        const row = table.get(id);
        if (row === undefined) return [];
        const claimed = claimRow(row, owner, toInstant(nowMs + leaseMs), toInstant(nowMs));
        table.replace(id, claimed);
        return { tenant: table.tenant, id, graph, version, fence: claimed.record.fence };
      });
      if (limit > 0) sleepers.looked(claims.length < limit);
      return claims;
    },
    async renew(claims, leaseMs, call) {
      admit("queue", call);
      checkLease("leaseMs", leaseMs);
      const leaseUntil = toInstant(clock.now() + leaseMs);
      return claims.flatMap((claim) => {
        const table = tableOf(claim.tenant);
        const row = table?.get(claim.id);
        if (table === undefined || row === undefined || !isHeld(row, claim.fence)) {
          return { ...claim, reason: "fenced" as const };
        }
        table.replace(claim.id, prolongRow(row, leaseUntil));
        return row.record.stop === undefined ? [] : { ...claim, reason: "stopped" as const };
      });
    },
    async wait(maxMs, call) {
      admit("queue", call);
      checkLease("maxMs", maxMs);
      await sleepers.sleep(maxMs, call?.signal);
    },
  };
  return { queue, due, close: () => sleepers.close() };
}
