import type { ApprovalRecord, ApprovalStore } from "@salesagent/ports";
import { toNormalApproval, toNormalDecision, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

type Filter = NonNullable<Parameters<ApprovalStore["list"]>[0]>;

/** An approval as it is read at an instant: past its time it is expired, unless it was refused or used. */
export function readApprovalAt(record: ApprovalRecord, instant: string): ApprovalRecord {
  const isOpen = record.status === "pending" || record.status === "approved";
  return isOpen && record.expiresAt <= instant ? Object.freeze({ ...record, status: "expired" }) : record;
}

function toTest({ status, runId }: Filter): (record: ApprovalRecord) => boolean {
  return (record) =>
    (status === undefined || record.status === status) && (runId === undefined || record.runId === runId);
}

export function createMemoryApprovalStore({ rows, clock, admit }: StoreContext): ApprovalStore {
  const { approvals } = rows;

  const find = (id: string): ApprovalRecord | undefined => {
    const record = approvals.get(toStorable("approvals", "id", id));
    return record === undefined ? undefined : readApprovalAt(record, now(clock));
  };

  const replace = (record: ApprovalRecord): ApprovalRecord => {
    approvals.replace(record.id, Object.freeze(record));
    return record;
  };

  return {
    port: "approval-store/1",
    async request(approval, call) {
      admit("approvals", call);
      const normal = toNormalApproval(approval);
      const before = find(normal.id);
      if (before !== undefined) return before;
      const record = Object.freeze({ ...normal, status: "pending" as const });
      approvals.insert(record.id, Date.parse(record.requestedAt), record);
      return readApprovalAt(record, now(clock));
    },
    async decide(id, decision, call) {
      admit("approvals", call);
      const { by, ...normal } = toNormalDecision(decision);
      const record = find(id);
      if (record?.status !== "pending") return undefined;
      return replace({ ...record, ...normal, decidedBy: by, decidedAt: now(clock) });
    },
    async use(id, argumentsHash, call) {
      admit("approvals", call);
      const hash = toStorable("approvals", "argumentsHash", argumentsHash);
      const record = find(id);
      if (record?.status !== "approved") return undefined;
      if ((record.editedArgumentsHash ?? record.argumentsHash) !== hash) return undefined;
      return replace({ ...record, status: "used" });
    },
    async get(id, call) {
      admit("approvals", call);
      return find(id);
    },
    async list(filter = {}, page, call) {
      admit("approvals", call);
      const instant = now(clock);
      const test = toTest(toStorable("approvals", "filter", filter));
      const where = (record: ApprovalRecord) => test(readApprovalAt(record, instant));
      const { items, ...next } = approvals.page({
        page: toNormalPage("approvals", page),
        descending: true,
        where,
      });
      return { items: items.map((record) => readApprovalAt(record, instant)), ...next };
    },
  };
}
