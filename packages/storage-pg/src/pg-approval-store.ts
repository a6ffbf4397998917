import type { ApprovalRecord, ApprovalStatus, ApprovalStore, JsonValue } from "@salesagent/ports";
import { toNormalApproval, toNormalDecision, toStorable } from "@salesagent/ports/store-rules";
import { instant, json, jsonText, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

/** As it is read at a time: what was neither refused nor used by then is expired. */
const statusAt = (now: string) =>
  `case when status in ('pending', 'approved') and expires_at <= ${now}::timestamptz then 'expired' else status end as status_then`;

export const APPROVAL_FIELDS = [
  ...["id", "agent", "tool", "call_id", "run_id", "arguments_hash", "arguments", "decided_by", "reason"],
  ...["edited_arguments", "edited_arguments_hash", instant("decided_at")],
  ...[instant("requested_at"), instant("expires_at")],
].join(", ");

export function fromApprovalRow(row: Row): ApprovalRecord {
  return {
    id: text(row, "id"),
    agent: text(row, "agent"),
    tool: text(row, "tool"),
    callId: text(row, "call_id"),
    ...optional("runId", row, "run_id", text),
    argumentsHash: text(row, "arguments_hash"),
    arguments: json<JsonValue>(row, "arguments"),
    status: text(row, "status_then") as ApprovalStatus,
    ...optional("decidedBy", row, "decided_by", text),
    ...optional("decidedAt", row, "decided_at", text),
    ...optional("reason", row, "reason", text),
    ...optional("editedArguments", row, "edited_arguments", json<JsonValue>),
    ...optional("editedArgumentsHash", row, "edited_arguments_hash", text),
    requestedAt: text(row, "requested_at"),
    expiresAt: text(row, "expires_at"),
  };
}

/** The SQL of the approval store. The tenant is `$1` and an id `$2` everywhere. */
export interface ApprovalStatements {
  /** $3–$8: agent, tool, call, run, hash, arguments, $9: requested at, $10: expires at. Gives the id where it was free. */
  readonly request: Statement;
  /** $3: now, $4: status, $5: by whom, $6: reason, $7: edited arguments, $8: their hash. Gives the record that was decided. */
  readonly decide: Statement;
  /** $3: now, $4: hash. Gives the record that was used. */
  readonly use: Statement;
  /** $3: now. */
  readonly get: Statement;
  readonly list: PageReader<ApprovalRecord>;
  /** Of those that can still be decided or used, which have an index of their own. */
  readonly listOpen: PageReader<ApprovalRecord>;
}

export function createApprovalStatements(name: TableNames): ApprovalStatements {
  const approvals = name("approvals");
  const listOf = (which: string) =>
    createPageReader<ApprovalRecord>({
      store: "approvals",
      table: ({ clock }, parameter) =>
        `(select *, ${statusAt(parameter(toStoreTime(clock)))} from ${approvals}${which})`,
      columns: `${APPROVAL_FIELDS}, status_then`,
      order: byInstant("requested_at"),
      descending: true,
      fromRow: fromApprovalRow,
    });
  return {
    request:
      writing(`insert into ${approvals} (tenant, id, agent, tool, call_id, run_id, arguments_hash, arguments,
        requested_at, expires_at, status)
      values ($1, $2, $3, $4, $5, $6, $7, $8::json, $9, $10, 'pending')
      on conflict (tenant, id) do nothing returning id`),
    decide: writing(`update ${approvals} set status = $4, decided_by = $5, decided_at = $3, reason = $6,
        edited_arguments = $7::json, edited_arguments_hash = $8
      where tenant = $1 and id = $2 and status = 'pending' and expires_at > $3::timestamptz
      returning ${APPROVAL_FIELDS}, status as status_then`),
    use: writing(`update ${approvals} set status = 'used'
      where tenant = $1 and id = $2 and status = 'approved' and expires_at > $3::timestamptz
        and coalesce(edited_arguments_hash, arguments_hash) = $4
      returning ${APPROVAL_FIELDS}, status as status_then`),
    get: reading(
      `select ${APPROVAL_FIELDS}, ${statusAt("$3")} from ${approvals} where tenant = $1 and id = $2`,
    ),
    list: listOf(""),
    listOpen: listOf(" where status in ('pending', 'approved')"),
  };
}

export function createPgApprovalStore(context: StoreContext, statements: ApprovalStatements): ApprovalStore {
  const { tenant, executor, clock } = context;
  const place = (id: string) => [tenant, toStorable("approvals", "id", id), toStoreTime(clock)];
  const get: ApprovalStore["get"] = async (id, call) => {
    executor.admit("approvals", call);
    const [row] = await executor.run("approvals", statements.get, place(id), call);
    return row === undefined ? undefined : fromApprovalRow(row);
  };
  return {
    port: "approval-store/1",
    async request(approval, call) {
      executor.admit("approvals", call);
      const { id, agent, tool, callId, runId, argumentsHash, ...rest } = toNormalApproval(approval);
      const what = [agent, tool, callId, runId ?? null, argumentsHash, JSON.stringify(rest.arguments)];
      const values = [tenant, id, ...what, rest.requestedAt, rest.expiresAt];
      await executor.run("approvals", statements.request, values, call);
      const stands = await get(id, call);
      if (stands === undefined) throw new Error("a request gave no record");
      return stands;
    },
    async decide(id, decision, call) {
      executor.admit("approvals", call);
      const { status, by, reason, editedArguments, editedArgumentsHash } = toNormalDecision(decision);
      const edited = [jsonText(editedArguments), editedArgumentsHash ?? null];
      const values = [...place(id), status, by, reason ?? null, ...edited];
      const [row] = await executor.run("approvals", statements.decide, values, call);
      return row === undefined ? undefined : fromApprovalRow(row);
    },
    async use(id, argumentsHash, call) {
      executor.admit("approvals", call);
      const values = [...place(id), toStorable("approvals", "argumentsHash", argumentsHash)];
      const [row] = await executor.run("approvals", statements.use, values, call);
      return row === undefined ? undefined : fromApprovalRow(row);
    },
    get,
    async list({ status, runId } = {}, page, call) {
      const conditions = { status_then: status, run_id: runId };
      const open = status === "pending" || status === "approved";
      return (open ? statements.listOpen : statements.list)(context, conditions, page, call);
    },
  };
}
