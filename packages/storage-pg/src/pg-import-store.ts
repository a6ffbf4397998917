import type { ImportRecord, ImportStore } from "@salesagent/ports";
import { toNormalImport, toStorable } from "@salesagent/ports/store-rules";
import { instant, json, number, type Row, text } from "./columns.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const NAMES = ["id", "source", "status", "rows_read", "imported", "duplicates", "rejected", "position"];
export const IMPORT_FIELDS = [...NAMES, instant("started_at"), instant("updated_at")].join(", ");

export function fromImportRow(row: Row): ImportRecord {
  return {
    id: text(row, "id"),
    source: text(row, "source"),
    status: text(row, "status") as ImportRecord["status"],
    rows: number(row, "rows_read"),
    imported: number(row, "imported"),
    duplicates: number(row, "duplicates"),
    rejected: number(row, "rejected"),
    position: json(row, "position"),
    startedAt: text(row, "started_at"),
    updatedAt: text(row, "updated_at"),
  };
}

export interface ImportStatements {
  /** $1: tenant, $2: id. */
  readonly get: Statement;
  /** $1: tenant, $2–$11: the record. */
  readonly save: Statement;
}

export function createImportStatements(name: TableNames): ImportStatements {
  const imports = name("imports");
  const columns = [...NAMES.slice(1), "started_at", "updated_at"];
  return {
    get: reading(`select ${IMPORT_FIELDS} from ${imports} where tenant = $1 and id = $2`),
    save: writing(`insert into ${imports} (tenant, id, ${columns.join(", ")})
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      on conflict (tenant, id) do update set
      ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`),
  };
}

export function createPgImportStore(
  { tenant, executor }: StoreContext,
  statements: ImportStatements,
): ImportStore {
  return {
    port: "import-store/1",
    async get(id, call) {
      const values = [tenant, toStorable("imports", "id", id)];
      const [row] = await executor.run("imports", statements.get, values, call);
      return row === undefined ? undefined : fromImportRow(row);
    },
    async save(record, call) {
      executor.admit("imports", call);
      const { id, source, status, rows, imported, duplicates, rejected, ...rest } = toNormalImport(record);
      const counts = [rows, imported, duplicates, rejected];
      const times = [rest.startedAt, rest.updatedAt];
      const values = [tenant, id, source, status, ...counts, JSON.stringify(rest.position), ...times];
      await executor.run("imports", statements.save, values, call);
    },
  };
}
