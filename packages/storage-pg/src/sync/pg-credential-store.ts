import type { CredentialStore, SealedCredential } from "@salesagent/ports";
import { toNormalCredential, toNormalName } from "@salesagent/ports/store-rules";
import { instant, number, type Row, text } from "../columns.js";
import { toWhere } from "../page-reader.js";
import { createStatementCache, reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import { type ComparedWrites, choosePut, createComparedWrites } from "./compared-row.js";

const FIELDS = [
  ...["platform", "account", "key_id", "sealed", "revision", instant("created_at"), instant("updated_at")],
].join(", ");

function fromCredentialRow(row: Row): SealedCredential {
  return {
    platform: text(row, "platform"),
    account: text(row, "account"),
    keyId: text(row, "key_id"),
    sealed: text(row, "sealed"),
    revision: number(row, "revision"),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

/** The SQL of the credential store. The tenant is `$1`. */
export interface CredentialStatements {
  /** $2: platform, $3: account. */
  readonly get: Statement;
  /** Gives a row where there was one. */
  readonly remove: Statement;
  /** Of the credentials that meet a condition. */
  readonly list: (where: string) => Statement;
  /** $2: platform, $3: account, $4: key, $5: what is sealed. */
  readonly writes: ComparedWrites;
}

export function createCredentialStatements(name: TableNames): CredentialStatements {
  const credentials = name("credentials");
  const one = "where tenant = $1 and platform = $2 and account = $3";
  const listing = createStatementCache(reading);
  return {
    get: reading(`select ${FIELDS} from ${credentials} ${one}`),
    remove: writing(`delete from ${credentials} ${one} returning platform`),
    list: (where) =>
      listing(`select ${FIELDS} from ${credentials} c where ${where} order by c.platform, c.account`),
    writes: createComparedWrites({
      table: credentials,
      key: ["platform", "account"],
      content: [
        ["key_id", "text"],
        ["sealed", "text"],
      ],
      createdAt: "created_at",
    }),
  };
}

export function createPgCredentialStore(
  { tenant, executor, clock }: StoreContext,
  statements: CredentialStatements,
): CredentialStore {
  const toKey = (platform: string, account: string) => [
    tenant,
    toNormalName("credentials", "platform", platform),
    toNormalName("credentials", "account", account),
  ];
  return {
    port: "credential-store/1",
    async get(platform, account, call) {
      executor.admit("credentials", call);
      const [row] = await executor.run("credentials", statements.get, toKey(platform, account), call);
      return row === undefined ? undefined : fromCredentialRow(row);
    },
    async put(credential, call) {
      executor.admit("credentials", call);
      const { platform, account, keyId, sealed, ifRevision } = toNormalCredential(credential);
      const { statement, more } = choosePut(statements.writes, ifRevision);
      const values = [tenant, platform, account, keyId, sealed, toStoreTime(clock), ...more];
      const [row] = await executor.run("credentials", statement, values, call);
      return row === undefined ? undefined : number(row, "revision");
    },
    async list({ platform, keyId } = {}, call) {
      executor.admit("credentials", call);
      const values: unknown[] = [];
      const where = toWhere("credentials", tenant, { platform, key_id: keyId }, values);
      return (await executor.run("credentials", statements.list(where), values, call)).map(fromCredentialRow);
    },
    async remove(platform, account, call) {
      executor.admit("credentials", call);
      return (
        (await executor.run("credentials", statements.remove, toKey(platform, account), call)).length > 0
      );
    },
  };
}
