import type { AuditFilter, AuditRecord, AuditStore } from "@salesagent/ports";
import { toNormalAudit, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

function toTest({ action, runId }: AuditFilter): (record: AuditRecord) => boolean {
  return (record) =>
    (action === undefined || record.action === action) && (runId === undefined || record.runId === runId);
}

export function createMemoryAuditStore({ rows, admit }: StoreContext): AuditStore {
  return {
    port: "audit-store/1",
    async addMany(records, call) {
      admit("audit", call);
      for (const record of records.map((record, index) => toNormalAudit(`records[${index}]`, record))) {
        if (rows.audit.get(record.id) === undefined) rows.audit.insert(record.id, 0, record);
      }
    },
    async list(filter = {}, page, call) {
      admit("audit", call);
      const { subject, ...rest } = toStorable("audit", "filter", filter);
      return rows.audit.page({ page: toNormalPage("audit", page), where: toTest(rest) }, subject);
    },
  };
}
