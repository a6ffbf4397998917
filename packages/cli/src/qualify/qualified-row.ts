import type { QualificationResult } from "@salesagent/agents";
import type { RunSummary } from "@salesagent/core";
import type { CompanyFields } from "@salesagent/ports";
import type { ReportAttempt } from "../render/report-data.js";

/** A row of the file that has a lead, and what was found out about it. */
export interface QualifiedRow {
  /** As spreadsheets count them: the header is row 1. Absent for a lead of an earlier, interrupted run. */
  readonly row?: number;
  readonly status: "imported" | "duplicate" | "resumed";
  readonly leadId: string;
  readonly company: Pick<CompanyFields, "name" | "domain" | "country">;
  readonly result: QualificationResult;
  /** What it took; absent when the result was stored before and the set-up has not changed. */
  readonly took?: RunSummary;
  /** Every try at a model that it took, the earliest first. */
  readonly attempts?: readonly ReportAttempt[];
}

/** A row that holds no lead. */
export interface RejectedRow {
  readonly row: number;
  readonly status: "rejected";
  readonly reason: string;
}

/** What a lead is called in a list: the company's name, else its domain. */
export function displayName({ company }: Pick<QualifiedRow, "company">): string {
  return company.name ?? company.domain ?? "(unnamed)";
}
