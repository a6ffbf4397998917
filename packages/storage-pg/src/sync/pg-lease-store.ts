import type { LeaseStore } from "@salesagent/ports";
import { checkLeaseCall, toStorable } from "@salesagent/ports/store-rules";
import { number } from "../columns.js";
import { type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { leaseTime, toLeaseTime } from "../store-time.js";

/** The SQL of the lease store. $1: tenant, $2: name, $3: owner. Each gives a row where the lease is the owner's. */
export interface LeaseStatements {
  /** $4: now, $5: lease in milliseconds. Gives `fence`. */
  readonly acquire: Statement;
  readonly renew: Statement;
  readonly release: Statement;
}

export function createLeaseStatements(name: TableNames): LeaseStatements {
  const leases = name("leases");
  const now = leaseTime("$4");
  const end = `${now} + $5::bigint * interval '1 millisecond'`;
  const own = "where l.tenant = $1 and l.name = $2 and l.owner = $3";
  return {
    acquire:
      writing(`insert into ${leases} as l (tenant, name, owner, fence, lease_until) values ($1, $2, $3, 1, ${end})
      on conflict (tenant, name) do update set owner = excluded.owner, lease_until = excluded.lease_until,
        fence = case when l.owner = excluded.owner then l.fence else l.fence + 1 end
      where l.owner = excluded.owner or l.lease_until <= ${now} returning l.fence`),
    renew: writing(
      `update ${leases} l set lease_until = ${end} ${own} and l.lease_until > ${now} returning l.fence`,
    ),
    release: writing(`update ${leases} l set owner = '', lease_until = '-infinity' ${own}`),
  };
}

export function createPgLeaseStore(
  { tenant, executor, clock }: StoreContext,
  statements: LeaseStatements,
): LeaseStore {
  const toKey = (name: string, owner: string, leaseMs?: number) => {
    checkLeaseCall(name, owner, leaseMs);
    return [tenant, toStorable("leases", "name", name), toStorable("leases", "owner", owner)];
  };
  return {
    port: "lease-store/1",
    async acquire(name, owner, leaseMs, call) {
      executor.admit("leases", call);
      const values = [...toKey(name, owner, leaseMs), toLeaseTime(clock), leaseMs];
      const [row] = await executor.run("leases", statements.acquire, values, call);
      return row === undefined ? undefined : number(row, "fence");
    },
    async renew(name, owner, leaseMs, call) {
      executor.admit("leases", call);
      const values = [...toKey(name, owner, leaseMs), toLeaseTime(clock), leaseMs];
      return (await executor.run("leases", statements.renew, values, call)).length > 0;
    },
    async release(name, owner, call) {
      executor.admit("leases", call);
      await executor.run("leases", statements.release, toKey(name, owner), call);
    },
  };
}
