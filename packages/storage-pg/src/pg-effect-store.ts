import type { EffectRecord, EffectStatus, EffectStore, JsonValue } from "@salesagent/ports";
import {
  toInstant,
  toNormalCount,
  toNormalEffect,
  toNormalId,
  toNormalOutcome,
  toStorable,
  transactionContended,
} from "@salesagent/ports/store-rules";
import { instant, json, jsonText, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

/** A claim that is refused is made again only where the effect failed just then. */
const CLAIM_ATTEMPTS = 10;

/** As it is read at a time: a claim whose lease is over is of unknown outcome. */
const statusAt = (now: string) =>
  `case when status = 'claimed' and lease_until <= ${now}::timestamptz then 'unknown' else status end as status_then`;

export const EFFECT_FIELDS = [
  ...["key", "effect", "target", "run_id", "input", "result", "error", "attempts", "owner"],
  ...[instant("lease_until"), instant("created_at"), instant("updated_at")],
].join(", ");

export function fromEffectRow(row: Row): EffectRecord {
  return {
    key: text(row, "key"),
    effect: text(row, "effect"),
    target: text(row, "target"),
    ...optional("runId", row, "run_id", text),
    status: text(row, "status_then") as EffectStatus,
    input: json<JsonValue>(row, "input"),
    ...optional("result", row, "result", json<JsonValue>),
    ...optional("error", row, "error", json<NonNullable<EffectRecord["error"]>>),
    attempts: number(row, "attempts"),
    ...optional("owner", row, "owner", text),
    ...optional("leaseUntil", row, "lease_until", text),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

/** The SQL of the effect store. The tenant is `$1` and a key `$2` everywhere. */
export interface EffectStatements {
  /**
   * $3: now, $4: owner, $5: end of the lease, $6–$9: effect, target, run, input. Gives the record where it was granted.
   */
  readonly claim: Statement;
  /** $3: now, $4: owner, $5: end of the lease. Gives the record where it was granted. */
  readonly reconcile: Statement;
  /** $3: now, $4: owner, $5: end of the lease. Gives the key where the claim is still the owner's. */
  readonly renew: Statement;
  /** $3: now, $4: owner, $5: status, $6: result, $7: error. Gives the key where it was settled. */
  readonly settle: Statement;
  /** $3: now. */
  readonly get: Statement;
  /** $2: target, $3: effect or null, $4: since when. Gives `count`. */
  readonly count: Statement;
  /** As `count`, under the lock of the target. */
  readonly countForGate: Statement;
  readonly list: PageReader<EffectRecord>;
  /** Of those that are being done or unknown, which have an index of their own. */
  readonly listOpen: PageReader<EffectRecord>;
}

export function createEffectStatements(name: TableNames): EffectStatements {
  const effects = name("effects");
  const returned = `returning ${EFFECT_FIELDS}, status as status_then`;
  const listOf = (which: string) =>
    createPageReader<EffectRecord>({
      store: "effects",
      table: ({ clock }, parameter) =>
        `(select *, ${statusAt(parameter(toStoreTime(clock)))} from ${effects}${which})`,
      columns: `${EFFECT_FIELDS}, status_then`,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromEffectRow,
    });
  return {
    claim:
      writing(`insert into ${effects} as e (tenant, key, updated_at, created_at, owner, lease_until, effect, target,
          run_id, input, status, attempts)
        values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9::json, 'claimed', 1)
        on conflict (tenant, key) do update set status = 'claimed', attempts = e.attempts + 1, owner = excluded.owner,
          lease_until = excluded.lease_until, input = excluded.input, error = null, updated_at = excluded.updated_at
      where e.status = 'failed' ${returned}`),
    reconcile:
      writing(`update ${effects} set status = 'unknown', owner = $4, lease_until = $5, updated_at = $3
        where tenant = $1 and key = $2 and (lease_until is null or lease_until <= $3)
        and status in ('claimed', 'unknown') ${returned}`),
    renew: writing(`update ${effects} set lease_until = greatest(lease_until, $5::timestamptz)
      where tenant = $1 and key = $2 and owner = $4 and status in ('claimed', 'unknown') and lease_until > $3
      returning key`),
    settle: writing(`update ${effects} set status = $5, result = $6::json, error = $7::json, owner = null,
        lease_until = null, updated_at = $3
      where tenant = $1 and key = $2 and owner = $4 and status in ('claimed', 'unknown') returning key`),
    get: reading(`select ${EFFECT_FIELDS}, ${statusAt("$3")} from ${effects} where tenant = $1 and key = $2`),
    count: reading(`select count(*) as count from ${effects} where tenant = $1 and target = $2
      and ($3::text is null or effect = $3) and status = 'done' and updated_at >= $4`),
    countForGate: reading(
      `select ${name("count_effects")}($1::text, $2::text, $3::text, $4::timestamptz) as count`,
    ),
    list: listOf(""),
    listOpen: listOf(" where status in ('claimed', 'unknown')"),
  };
}

export function createPgEffectStore(context: StoreContext, statements: EffectStatements): EffectStore {
  const { tenant, executor, clock } = context;
  const place = (key: string) => [tenant, toStorable("effects", "key", key), toStoreTime(clock)];
  const lease = (owner: string, leaseUntil: string) => [
    toNormalId("effects", "owner", owner),
    toInstant("effects", "leaseUntil", leaseUntil),
  ];
  const get: EffectStore["get"] = async (key, call) => {
    executor.admit("effects", call);
    const [row] = await executor.run("effects", statements.get, place(key), call);
    return row === undefined ? undefined : fromEffectRow(row);
  };
  return {
    port: "effect-store/1",
    async claim(draft, call) {
      executor.admit("effects", call);
      const { key, effect, target, input, runId, owner, leaseUntil } = toNormalEffect(draft);
      const what = [owner, leaseUntil, effect, target, runId ?? null, JSON.stringify(input)];
      // What stands is read by a statement of its own: the one that claims sees what stood when it began.
      for (let attempt = 1; attempt <= CLAIM_ATTEMPTS; attempt++) {
        const [row] = await executor.run("effects", statements.claim, [...place(key), ...what], call);
        if (row !== undefined) return { granted: true, record: fromEffectRow(row) };
        const record = await get(key, call);
        if (record !== undefined && record.status !== "failed") return { granted: false, record };
      }
      throw transactionContended(CLAIM_ATTEMPTS);
    },
    async renew(key, owner, leaseUntil, call) {
      executor.admit("effects", call);
      const values = [...place(key), ...lease(owner, leaseUntil)];
      return (await executor.run("effects", statements.renew, values, call)).length > 0;
    },
    async settle(key, owner, outcome, call) {
      executor.admit("effects", call);
      const settled = toNormalOutcome(outcome);
      const [result, error] =
        settled.status === "done" ? [jsonText(settled.result), null] : [null, jsonText(settled.error)];
      const values = [...place(key), toStorable("effects", "owner", owner), settled.status, result, error];
      return (await executor.run("effects", statements.settle, values, call)).length > 0;
    },
    async reconcile(key, owner, leaseUntil, call) {
      executor.admit("effects", call);
      const values = [...place(key), ...lease(owner, leaseUntil)];
      const [row] = await executor.run("effects", statements.reconcile, values, call);
      if (row !== undefined) return { granted: true, record: fromEffectRow(row) };
      const record = await get(key, call);
      return record === undefined ? undefined : { granted: false, record };
    },
    get,
    async list({ status, effect, target, runId } = {}, page, call) {
      const conditions = { status_then: status, effect, target, run_id: runId };
      const open = status === "claimed" || status === "unknown";
      return (open ? statements.listOpen : statements.list)(context, conditions, page, call);
    },
    async countDone(count, call) {
      executor.admit("effects", call);
      const { effect, target, since, forGate = false } = toNormalCount(count);
      const statement = forGate ? statements.countForGate : statements.count;
      const [row] = await executor.run("effects", statement, [tenant, target, effect ?? null, since], call);
      return row === undefined ? 0 : number(row, "count");
    },
  };
}
