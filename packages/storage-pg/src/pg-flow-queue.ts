import type { Clock, FlowClaim, FlowQueue } from "@salesagent/ports";
import { checkLease, toNormalWant, toStorable } from "@salesagent/ports/store-rules";
import { number, type Row, text } from "./columns.js";
import type { FlowListener } from "./flow-listener.js";
import { type Statement, writing } from "./statement.js";
import type { StatementRunner } from "./statement-runner.js";
import type { TableNames } from "./store-context.js";
import { toLeaseTime } from "./store-time.js";

/** The SQL of the flow queue: calls of functions that act as a worker, across tenants. See migration 3. */
export interface FlowQueueStatements {
  /** $1: now, $2: owner, $3: lease in milliseconds, $4: how many, $5 and $6: graphs and their versions. */
  readonly claim: Statement;
  /** $1: now, $2: lease in milliseconds, $3–$5: tenants, ids and fences. Gives the places of those to leave, from 1. */
  readonly renew: Statement;
}

export function createFlowQueueStatements(name: TableNames): FlowQueueStatements {
  return {
    claim:
      writing(`select tenant, id, graph, version, fence from ${name("claim_flows")}($1::timestamptz, $2::text,
      $3::bigint, $4::bigint, $5::text[], $6::text[])`),
    renew: writing(`select place, reason from ${name("renew_flows")}($1::timestamptz, $2::bigint, $3::text[],
      $4::text[], $5::bigint[])`),
  };
}

function fromClaimRow(row: Row): FlowClaim {
  return {
    tenant: text(row, "tenant"),
    id: text(row, "id"),
    graph: text(row, "graph"),
    version: text(row, "version"),
    fence: number(row, "fence"),
  };
}

export interface FlowQueueContext {
  readonly runner: StatementRunner;
  readonly listener: FlowListener;
  readonly clock: Clock;
}

export function createPgFlowQueue(
  { runner, listener, clock }: FlowQueueContext,
  statements: FlowQueueStatements,
): FlowQueue {
  return {
    port: "flow-queue/1",
    async claim(want, call) {
      runner.admit("queue", call);
      const { owner, leaseMs, limit, graphs } = toNormalWant(want);
      listener.look();
      if (limit === 0 || graphs.length === 0) return [];
      const wanted = [graphs.map(({ graph }) => graph), graphs.map(({ version }) => version)];
      const values = [toLeaseTime(clock), owner, leaseMs, limit, ...wanted];
      const rows = await runner.run("queue", statements.claim, call, (connection) =>
        connection.run(statements.claim, values),
      );
      return rows.map(fromClaimRow);
    },
    async renew(claims, leaseMs, call) {
      runner.admit("queue", call);
      checkLease("leaseMs", leaseMs);
      if (claims.length === 0) return [];
      const held = toStorable("queue", "claims", claims);
      const columns = [
        held.map(({ tenant }) => tenant),
        held.map(({ id }) => id),
        held.map(({ fence }) => fence),
      ];
      const values = [toLeaseTime(clock), leaseMs, ...columns];
      const rows = await runner.run("queue", statements.renew, call, (connection) =>
        connection.run(statements.renew, values),
      );
      return rows.flatMap((row) => {
        const claim = claims[number(row, "place") - 1];
        const reason = row["reason"] === "stopped" ? "stopped" : "fenced";
        return claim === undefined ? [] : [{ ...claim, reason } as const];
      });
    },
    async wait(maxMs, call) {
      runner.admit("queue", call);
      await listener.wait(maxMs, call);
    },
  };
}
