import type { ApprovalRecord, EffectRecord } from "@salesagent/ports";
import { toErasedApproval, toErasedEffect } from "@salesagent/ports/store-rules";
import { APPROVAL_FIELDS, fromApprovalRow } from "../pg-approval-store.js";
import { EFFECT_FIELDS, fromEffectRow } from "../pg-effect-store.js";
import type { PersonalTable } from "./table-eraser.js";

export const personalEffects: PersonalTable<EffectRecord> = {
  ...{ store: "effects", table: "effects" },
  key: [{ name: "key", type: "text", read: ({ key }) => key }],
  says: ["target", "input", "result", "error"],
  ...{ selected: `${EFFECT_FIELDS}, status as status_then`, fromRow: fromEffectRow },
  erased: (effect, { person }) => toErasedEffect(effect, person.mentions),
  changed: [
    { name: "target", type: "text", read: ({ target }) => target },
    { name: "input", type: "json", read: ({ input }) => input },
    { name: "result", type: "optional json", read: ({ result }) => result },
    { name: "error", type: "optional json", read: ({ error }) => error },
  ],
};

export const personalApprovals: PersonalTable<ApprovalRecord> = {
  ...{ store: "approvals", table: "approvals" },
  key: [{ name: "id", type: "text", read: ({ id }) => id }],
  says: ["arguments", "edited_arguments", "reason", "decided_by"],
  ...{ selected: `${APPROVAL_FIELDS}, status as status_then`, fromRow: fromApprovalRow },
  erased: (approval, { person, instant }) => toErasedApproval(approval, person.mentions, instant),
  changed: [
    { name: "status", type: "text", read: ({ status }) => status },
    { name: "arguments", type: "json", read: (approval) => approval.arguments },
    { name: "edited_arguments", type: "optional json", read: ({ editedArguments }) => editedArguments },
    { name: "decided_by", type: "text", read: ({ decidedBy }) => decidedBy },
    { name: "decided_at", type: "timestamptz", read: ({ decidedAt }) => decidedAt },
    { name: "reason", type: "text", read: ({ reason }) => reason },
  ],
};
