import type { CacheEntry, CacheStore, JsonValue } from "@salesagent/ports";
import { toNormalEntry, toStorable } from "@salesagent/ports/store-rules";
import { instant, json, number, type Row, text } from "./columns.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

export const CACHE_FIELDS = ["key", "value", instant("created_at"), instant("expires_at")].join(", ");

export function fromCacheRow(row: Row): CacheEntry {
  return {
    key: text(row, "key"),
    value: json<JsonValue>(row, "value"),
    createdAt: text(row, "created_at"),
    expiresAt: text(row, "expires_at"),
  };
}

/** The SQL of the cache. The tenant is `$1` everywhere. */
export interface CacheStatements {
  /** $2: key, $3: now. */
  readonly get: Statement;
  /** $2–$5: the entry. */
  readonly put: Statement;
  /** $2: keys. */
  readonly remove: Statement;
  /** $2: now. Passes over what another process is dropping or replacing. Gives `dropped`. */
  readonly prune: Statement;
}

export function createCacheStatements(name: TableNames): CacheStatements {
  const entries = name("cache_entries");
  /** Deletes what it has locked, in one order, so that no two wait for each other in a circle. */
  const drop = (which: string) => `with chosen as (
      select key from ${entries} where tenant = $1 and ${which}
    ), dropped as (
      delete from ${entries} e using chosen where e.tenant = $1 and e.key = chosen.key returning e.key
    )
    select count(*) as dropped from dropped`;
  return {
    get: reading(`select ${CACHE_FIELDS} from ${entries} where tenant = $1 and key = $2 and expires_at > $3`),
    put: writing(`insert into ${entries} (tenant, key, value, created_at, expires_at) values ($1, $2, $3::json, $4, $5)
      on conflict (tenant, key) do update
      set value = excluded.value, created_at = excluded.created_at, expires_at = excluded.expires_at`),
    remove: writing(drop("key = any($2::text[]) order by key for update")),
    prune: writing(drop("expires_at <= $2 for update skip locked")),
  };
}

export function createPgCacheStore(
  { tenant, executor, clock }: StoreContext,
  statements: CacheStatements,
): CacheStore {
  const now = () => new Date(clock.now()).toISOString();
  return {
    port: "cache-store/1",
    async get(key, call) {
      executor.admit("cache", call);
      const values = [tenant, toStorable("cache", "key", key), now()];
      const [row] = await executor.run("cache", statements.get, values, call);
      return row === undefined ? undefined : fromCacheRow(row);
    },
    async put(entry, call) {
      executor.admit("cache", call);
      const { key, value, createdAt, expiresAt } = toNormalEntry(entry);
      const values = [tenant, key, JSON.stringify(value), createdAt, expiresAt];
      await executor.run("cache", statements.put, values, call);
    },
    async remove(keys, call) {
      executor.admit("cache", call);
      const wanted = toStorable("cache", "keys", keys);
      if (wanted.length > 0) await executor.run("cache", statements.remove, [tenant, wanted], call);
    },
    async prune(call) {
      const [row] = await executor.run("cache", statements.prune, [tenant, now()], call);
      return row === undefined ? 0 : number(row, "dropped");
    },
  };
}
