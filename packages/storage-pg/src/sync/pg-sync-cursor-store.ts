import type { SyncCursor, SyncCursorStore } from "@salesagent/ports";
import { toNormalCursor, toNormalId, toNormalName } from "@salesagent/ports/store-rules";
import { instant, json, number, type Row, text } from "../columns.js";
import { reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import { type ComparedWrites, choosePut, createComparedWrites } from "./compared-row.js";

const FIELDS = ["connection", "name", "value", "revision", instant("updated_at")].join(", ");

function fromCursorRow(row: Row): SyncCursor {
  return {
    connection: text(row, "connection"),
    name: text(row, "name"),
    value: json(row, "value"),
    revision: number(row, "revision"),
    updatedAt: text(row, "updated_at"),
  };
}

/** The SQL of the cursor store. The tenant is `$1` and the connection `$2` everywhere. */
export interface SyncCursorStatements {
  /** $3: name. */
  readonly get: Statement;
  readonly list: Statement;
  readonly remove: Statement;
  /** $3: name, $4: value. */
  readonly writes: ComparedWrites;
}

export function createSyncCursorStatements(name: TableNames): SyncCursorStatements {
  const cursors = name("sync_cursors");
  return {
    get: reading(`select ${FIELDS} from ${cursors} where tenant = $1 and connection = $2 and name = $3`),
    list: reading(`select ${FIELDS} from ${cursors} c where tenant = $1 and connection = $2 order by c.name`),
    remove: writing(`delete from ${cursors} where tenant = $1 and connection = $2 and name = $3`),
    writes: createComparedWrites({
      table: cursors,
      key: ["connection", "name"],
      content: [["value", "json"]],
    }),
  };
}

export function createPgSyncCursorStore(
  { tenant, executor, clock }: StoreContext,
  statements: SyncCursorStatements,
): SyncCursorStore {
  const toKey = (connection: string, name: string) => [
    tenant,
    toNormalName("syncCursors", "connection", connection),
    toNormalId("syncCursors", "name", name),
  ];
  return {
    port: "sync-cursor-store/1",
    async get(connection, name, call) {
      executor.admit("syncCursors", call);
      const [row] = await executor.run("syncCursors", statements.get, toKey(connection, name), call);
      return row === undefined ? undefined : fromCursorRow(row);
    },
    async put(cursor, call) {
      executor.admit("syncCursors", call);
      const { connection, name, value, ifRevision } = toNormalCursor(cursor);
      const { statement, more } = choosePut(statements.writes, ifRevision);
      const values = [tenant, connection, name, JSON.stringify(value), toStoreTime(clock), ...more];
      const [row] = await executor.run("syncCursors", statement, values, call);
      return row === undefined ? undefined : number(row, "revision");
    },
    async list(connection, call) {
      executor.admit("syncCursors", call);
      const values = [tenant, toNormalName("syncCursors", "connection", connection)];
      return (await executor.run("syncCursors", statements.list, values, call)).map(fromCursorRow);
    },
    async remove(connection, name, call) {
      executor.admit("syncCursors", call);
      await executor.run("syncCursors", statements.remove, toKey(connection, name), call);
    },
  };
}
