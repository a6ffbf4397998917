import type { BreakerRecord, BreakerStore } from "@salesagent/ports";
import { toInstant, toNormalBreaker, toNormalId, toStorable } from "@salesagent/ports/store-rules";
import { instant, optional, type Row, text } from "./columns.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const COLUMNS = ["name", "state", "error_code", instant("retry_at"), instant("changed_at")].join(", ");

function fromBreakerRow(row: Row): BreakerRecord {
  return {
    name: text(row, "name"),
    state: text(row, "state") as BreakerRecord["state"],
    ...optional("errorCode", row, "error_code", text),
    ...optional("retryAt", row, "retry_at", text),
    changedAt: text(row, "changed_at"),
  };
}

/** The SQL of the breaker store. The tenant is `$1` everywhere. */
export interface BreakerStatements {
  /** $2–$6: the record. */
  readonly put: Statement;
  /** $2: names. */
  readonly list: Statement;
  /** $2: name, $3: owner, $4: end of the right, $5: now. Gives the name where the right was free. */
  readonly claimProbe: Statement;
  /** $2: name, $3: owner. */
  readonly releaseProbe: Statement;
}

export function createBreakerStatements(name: TableNames): BreakerStatements {
  const breakers = name("breakers");
  const probes = name("breaker_probes");
  return {
    put: writing(`insert into ${breakers} as b (tenant, name, state, error_code, retry_at, changed_at)
      values ($1, $2, $3, $4, $5, $6)
      on conflict (tenant, name) do update set state = excluded.state, error_code = excluded.error_code,
        retry_at = excluded.retry_at, changed_at = excluded.changed_at
      where b.changed_at <= excluded.changed_at`),
    list: reading(`select ${COLUMNS} from ${breakers} where tenant = $1 and name = any($2::text[])`),
    claimProbe: writing(`insert into ${probes} as p (tenant, name, owner, ends_at) values ($1, $2, $3, $4)
      on conflict (tenant, name) do update set owner = excluded.owner, ends_at = excluded.ends_at
      where p.owner = excluded.owner or p.ends_at <= $5::timestamptz
      returning name`),
    releaseProbe: writing(`delete from ${probes} where tenant = $1 and name = $2 and owner = $3`),
  };
}

export function createPgBreakerStore(
  { tenant, executor, clock }: StoreContext,
  statements: BreakerStatements,
): BreakerStore {
  return {
    port: "breaker-store/1",
    async put(record, call) {
      executor.admit("breakers", call);
      const { name, state, errorCode, retryAt, changedAt } = toNormalBreaker(record);
      const values = [tenant, name, state, errorCode ?? null, retryAt ?? null, changedAt];
      await executor.run("breakers", statements.put, values, call);
    },
    async list(names, call) {
      executor.admit("breakers", call);
      const values = [tenant, toStorable("breakers", "names", names)];
      const rows = await executor.run("breakers", statements.list, values, call);
      const records = new Map(rows.map((row) => [text(row, "name"), fromBreakerRow(row)]));
      return names.flatMap((name) => records.get(name) ?? []);
    },
    async claimProbe(name, owner, until, call) {
      executor.admit("breakers", call);
      const claim = [toNormalId("breakers", "name", name), toNormalId("breakers", "owner", owner)];
      const endsAt = toInstant("breakers", "until", until);
      const values = [tenant, ...claim, endsAt, new Date(clock.now()).toISOString()];
      return (await executor.run("breakers", statements.claimProbe, values, call)).length > 0;
    },
    async releaseProbe(name, owner, call) {
      executor.admit("breakers", call);
      const values = [tenant, toStorable("breakers", "name", name), toStorable("breakers", "owner", owner)];
      await executor.run("breakers", statements.releaseProbe, values, call);
    },
  };
}
