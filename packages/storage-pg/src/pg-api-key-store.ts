import type { ApiKeyRecord, ApiKeyStore } from "@salesagent/ports";
import { toInstant, toNormalApiKey, toStorable } from "@salesagent/ports/store-rules";
import { instant, json, jsonText, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const FIELDS = [
  ...["id", "name", "hash", "role", "scopes", "created_by"],
  ...["created_at", "expires_at", "revoked_at", "last_used_at"].map(instant),
].join(", ");

function fromKeyRow(row: Row): ApiKeyRecord {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    hash: text(row, "hash"),
    role: text(row, "role") as ApiKeyRecord["role"],
    ...optional("scopes", row, "scopes", json<readonly string[]>),
    createdBy: text(row, "created_by"),
    createdAt: text(row, "created_at"),
    ...optional("expiresAt", row, "expires_at", text),
    ...optional("revokedAt", row, "revoked_at", text),
    ...optional("lastUsedAt", row, "last_used_at", text),
  };
}

/** The SQL of the API key store. The tenant is `$1` everywhere, the id `$2`. */
export interface ApiKeyStatements {
  /** $3–$7: name, hash, role, scopes, by whom, $8: made when, $9: until when. Gives a row where the id was free. */
  readonly add: Statement;
  readonly get: Statement;
  /** $3: when. Gives a row where it was not revoked. */
  readonly revoke: Statement;
  /** $3: when. */
  readonly touch: Statement;
  readonly list: PageReader<ApiKeyRecord>;
}

export function createApiKeyStatements(name: TableNames): ApiKeyStatements {
  const keys = name("api_keys");
  const one = "tenant = $1 and id = $2";
  return {
    add: writing(`insert into ${keys} (tenant, id, name, hash, role, scopes, created_by, created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, id) do nothing returning id`),
    get: reading(`select ${FIELDS} from ${keys} where ${one}`),
    revoke: writing(`update ${keys} set revoked_at = $3 where ${one} and revoked_at is null returning id`),
    touch: writing(`update ${keys} set last_used_at = $3
      where ${one} and (last_used_at is null or last_used_at < $3::timestamptz) returning id`),
    list: createPageReader({
      store: "apiKeys",
      table: keys,
      columns: FIELDS,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromKeyRow,
    }),
  };
}

export function createPgApiKeyStore(context: StoreContext, statements: ApiKeyStatements): ApiKeyStore {
  const { tenant, executor } = context;
  const toKey = (id: string) => [tenant, toStorable("apiKeys", "id", id)];
  return {
    port: "api-key-store/1",
    async add(key, call) {
      executor.admit("apiKeys", call);
      const { id, name, hash, role, scopes, createdBy, createdAt, expiresAt } = toNormalApiKey(key);
      const values = [
        tenant,
        id,
        name,
        hash,
        role,
        jsonText(scopes),
        createdBy,
        createdAt,
        expiresAt ?? null,
      ];
      return (await executor.run("apiKeys", statements.add, values, call)).length > 0;
    },
    async get(id, call) {
      const [row] = await executor.run("apiKeys", statements.get, toKey(id), call);
      return row === undefined ? undefined : fromKeyRow(row);
    },
    async list(page, call) {
      return statements.list(context, {}, page, call);
    },
    async revoke(id, at, call) {
      executor.admit("apiKeys", call);
      const values = [...toKey(id), toInstant("apiKeys", "at", at)];
      return (await executor.run("apiKeys", statements.revoke, values, call)).length > 0;
    },
    async touch(id, at, call) {
      executor.admit("apiKeys", call);
      const values = [...toKey(id), toInstant("apiKeys", "at", at)];
      await executor.run("apiKeys", statements.touch, values, call);
    },
  };
}
