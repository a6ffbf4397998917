export type { FieldPolicy, FieldRule } from "./field-policy.js";
export {
  type AgreedBase,
  type FieldConflict,
  type MergedRecord,
  type MergeOptions,
  mergeRecord,
  type RecordSide,
} from "./merge-record.js";
