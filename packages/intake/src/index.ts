export type { Encoding } from "./csv/encoding.js";
export { csvLine } from "./import/csv-line.js";
export type {
  BatchStoredEvent,
  DuplicateRow,
  ImportCompletedEvent,
  ImportCounts,
  ImportEvent,
  ImportedRow,
  ImportProgress,
  ImportStartedEvent,
  ImportSummary,
  ImportWarningEvent,
  StoredRow,
} from "./import/import-events.js";
export { type ImportRun, importLeads } from "./import/import-leads.js";
export type { ImportLeadsOptions, ImportStorage, ImportStores } from "./import/import-options.js";
export type { RejectsSink } from "./import/rejects-sink.js";
export type { ValueWarning } from "./lead/draft-builder.js";
export { identityKeys } from "./lead/identity-keys.js";
export { type ColumnMapping, type ColumnTarget, FIELD_PATHS, type FieldPath } from "./mapping/fields.js";
export { type ColumnProposal, proposeMapping } from "./mapping/propose-mapping.js";
export { companyNameKey } from "./normalise/company-name.js";
export { type CompanyStatus, normaliseCompanyStatus } from "./normalise/company-status.js";
export { normaliseCountry } from "./normalise/country.js";
export { companyDomainOfEmail, isRoleEmail, normaliseEmail } from "./normalise/email.js";
export { normaliseEmployees } from "./normalise/employees.js";
export { normaliseFoundedYear } from "./normalise/founded-year.js";
export { departmentOfTitle, normaliseSeniority, seniorityOfTitle } from "./normalise/job-title.js";
export { normaliseList } from "./normalise/list.js";
export { normaliseUsd, normaliseUsdRange } from "./normalise/money.js";
export { completePersonName, type PersonName } from "./normalise/person-name.js";
export { normalisePhone } from "./normalise/phone.js";
export { readWebAddress, type WebAddress } from "./normalise/web-address.js";
export { inspectLeads, type LeadFileInspection, readLeads } from "./read-leads.js";
export type { ReadLeadsOptions } from "./read-options.js";
export { readTable, type Table, type TableRow } from "./read-table.js";
export type { ReadRow, RejectedRow, RowOutcome } from "./row-outcome.js";
export { type ByteSource, textSource } from "./source/byte-source.js";
