import type { CallOptions, Clock, FlowQueue } from "@salesagent/ports";
import { checkLease, toNormalWant } from "@salesagent/ports/store-rules";
import { DueRuns } from "./due-runs.js";
import { claimRow, isHeld, prolongRow } from "./flow-row.js";
import type { FlowTable } from "./flow-table.js";
import { Sleepers } from "./sleepers.js";

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
  const due: DueRuns = new DueRuns(
    () => clock.now(),
    () => sleepers.wake(),
    () => sleepers.arm(),
  );
  const sleepers = new Sleepers(clock, due);
  const toInstant = (ms: number) => new Date(ms).toISOString();
  const queue: FlowQueue = {
    port: "flow-queue/1",
    async claim(want, call) {
      admit("queue", call);
      const { owner, leaseMs, limit, graphs } = toNormalWant(want);
      const [now, leaseUntil] = [toInstant(clock.now()), toInstant(clock.now() + leaseMs)];
      const claims = due.take(graphs, limit).flatMap(({ table, id, graph, version }) => {
        const row = table.get(id);
        if (row === undefined) return [];
        const claimed = claimRow(row, owner, leaseUntil, now);
        table.replace(id, claimed);
        return { tenant: table.tenant, id, graph, version, fence: claimed.fence };
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
        return row.stop === undefined ? [] : { ...claim, reason: "stopped" as const };
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
