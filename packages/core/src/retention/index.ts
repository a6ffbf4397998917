export {
  createRetention,
  type Retention,
  type RetentionOptions,
  type RetentionRun,
  type RetentionSchedule,
} from "./retention.js";
