import type { AuditRecord, ImportRecord, ResultRecord, RunRecord, StepRecord } from "@salesagent/ports";
import {
  toErasedAudit,
  toErasedImport,
  toErasedResult,
  toErasedRun,
  toErasedStep,
} from "@salesagent/ports/store-rules";
import { AUDIT_COLUMNS, fromAuditRow } from "../pg-audit-store.js";
import { fromImportRow, IMPORT_FIELDS } from "../pg-import-store.js";
import { fromResultRow, RESULT_COLUMNS } from "../pg-result-store.js";
import { fromRunRow, RUN_COLUMNS } from "../pg-run-store.js";
import { fromStepRow, STEP_COLUMNS } from "../pg-step-store.js";
import { type RecordColumn, toSelectList } from "../record-columns.js";
import type { PersonalTable } from "./table-eraser.js";

function pick<T>(columns: readonly RecordColumn<T>[], ...names: readonly string[]) {
  return columns.filter(({ name }) => names.includes(name));
}

export const personalRuns: PersonalTable<RunRecord> = {
  ...{ store: "runs", table: "runs", key: pick(RUN_COLUMNS, "id") },
  says: ["thread_id", "input", "output", "error"],
  ...{ selected: toSelectList(RUN_COLUMNS), fromRow: fromRunRow },
  erased: (run, { person }) => toErasedRun(run, person.mentions),
  changed: pick(RUN_COLUMNS, "thread_id", "input", "output", "error"),
};

export const personalSteps: PersonalTable<StepRecord> = {
  ...{ store: "steps", table: "steps", key: pick(STEP_COLUMNS, "run_id", "step_index") },
  says: ["input", "output", "error"],
  ...{ selected: toSelectList(STEP_COLUMNS), fromRow: fromStepRow },
  erased: (step, { person }) => toErasedStep(step, person.mentions),
  changed: pick(STEP_COLUMNS, "input", "output", "error"),
};

export const personalResults: PersonalTable<ResultRecord> = {
  ...{ store: "results", table: "results", key: pick(RESULT_COLUMNS, "id") },
  says: ["data"],
  theirs: { columns: ["lead_id"], ids: ({ person }) => person.leadIds },
  ...{ selected: toSelectList(RESULT_COLUMNS), fromRow: fromResultRow },
  erased: (result, { person }) =>
    person.isTheirLead(result.leadId) ? undefined : toErasedResult(result, person.mentions),
  changed: pick(RESULT_COLUMNS, "data"),
};

export const personalAudit: PersonalTable<AuditRecord> = {
  ...{ store: "audit", table: "audit", key: pick(AUDIT_COLUMNS, "id") },
  says: ["actor", "subject", "facts"],
  ...{ selected: toSelectList(AUDIT_COLUMNS), fromRow: fromAuditRow },
  erased: (record, { person }) => toErasedAudit(record, person.mentions),
  changed: pick(AUDIT_COLUMNS, "actor", "subject", "facts"),
};

export const personalImports: PersonalTable<ImportRecord> = {
  ...{ store: "imports", table: "imports" },
  key: [{ name: "id", type: "text", read: ({ id }) => id }],
  says: ["source", "position"],
  ...{ selected: IMPORT_FIELDS, fromRow: fromImportRow },
  erased: (record, { person }) => toErasedImport(record, person.mentions),
  changed: [
    { name: "source", type: "text", read: ({ source }) => source },
    { name: "position", type: "json", read: ({ position }) => position },
  ],
};
