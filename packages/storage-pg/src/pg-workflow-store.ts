import type { CallOptions, WorkflowRecord, WorkflowStore } from "@salesagent/ports";
import {
  isSameJson,
  toNormalWorkflow,
  toStorable,
  workflowVersionTaken,
} from "@salesagent/ports/store-rules";
import { instant, json, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

const COLUMNS = [
  ...["name", "version", "definition", "active", "created_by", "note"],
  instant("created_at"),
].join(", ");

function fromWorkflowRow(row: Row): WorkflowRecord {
  return {
    name: text(row, "name"),
    version: text(row, "version"),
    definition: json<WorkflowRecord["definition"]>(row, "definition"),
    active: text(row, "active") === "t",
    ...optional("createdBy", row, "created_by", text),
    ...optional("note", row, "note", text),
    createdAt: text(row, "created_at"),
  };
}

/** The SQL of the workflow store. The tenant is `$1` and a name `$2` everywhere. */
export interface WorkflowStatements {
  /** $3: version, $4: definition, $5: by whom, $6: note, $7: now. Gives the version where it was not there. */
  readonly add: Statement;
  /** $3: version, or null for the active one. */
  readonly get: Statement;
  /** $3: version. Gives it where it is there. */
  readonly activate: Statement;
  readonly list: PageReader<WorkflowRecord>;
}

export function createWorkflowStatements(name: TableNames): WorkflowStatements {
  const [workflows, versions] = [name("workflows"), name("workflow_versions")];
  const record = `(select v.*, v.version = w.active_version as active
    from ${versions} v join ${workflows} w using (tenant, name))`;
  return {
    add: writing(`with named as (
        insert into ${workflows} (tenant, name, active_version) values ($1, $2, $3)
        on conflict (tenant, name) do nothing
      )
      insert into ${versions} (tenant, name, version, definition, created_by, note, created_at)
      values ($1, $2, $3, $4::json, $5, $6, $7) on conflict (tenant, name, version) do nothing returning version`),
    get: reading(`select ${COLUMNS} from ${record} r
      where tenant = $1 and name = $2 and case when $3::text is null then active else version = $3 end`),
    activate: writing(`update ${workflows} w set active_version = $3 where w.tenant = $1 and w.name = $2
      and exists (select from ${versions} v where v.tenant = $1 and v.name = $2 and v.version = $3)
      returning active_version`),
    list: createPageReader({
      store: "workflows",
      table: record,
      columns: COLUMNS,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromWorkflowRow,
    }),
  };
}

export function createPgWorkflowStore(context: StoreContext, statements: WorkflowStatements): WorkflowStore {
  const { tenant, executor, clock } = context;
  const toName = (name: string) => toStorable("workflows", "name", name);
  const toVersion = (version: string) => toStorable("workflows", "version", version);
  const find = async (name: string, version: string | undefined, call: CallOptions | undefined) => {
    const values = [tenant, toName(name), version === undefined ? null : toVersion(version)];
    const [row] = await executor.run("workflows", statements.get, values, call);
    return row === undefined ? undefined : fromWorkflowRow(row);
  };
  return {
    port: "workflow-store/1",
    async add(workflow, call) {
      executor.admit("workflows", call);
      const { name, version, definition, createdBy, note } = toNormalWorkflow(workflow);
      const what = [name, version, JSON.stringify(definition), createdBy ?? null, note ?? null];
      const values = [tenant, ...what, toStoreTime(clock)];
      const [added] = await executor.run("workflows", statements.add, values, call);
      if (added !== undefined) return true;
      const stands = await find(name, version, call);
      if (stands !== undefined && !isSameJson(stands.definition, definition)) throw workflowVersionTaken();
      return false;
    },
    async get(name, version, call) {
      executor.admit("workflows", call);
      return find(name, version, call);
    },
    async activate(name, version, call) {
      executor.admit("workflows", call);
      const values = [tenant, toName(name), toVersion(version)];
      return (await executor.run("workflows", statements.activate, values, call)).length > 0;
    },
    async list({ name, active } = {}, page, call) {
      const conditions = { name, active: active === undefined ? undefined : String(active) };
      return statements.list(context, conditions, page, call);
    },
  };
}
