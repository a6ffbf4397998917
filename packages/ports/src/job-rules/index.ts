export { compileCron, type NextRun } from "./cron.js";
export { type AttemptEnd, type JobAttempt, startAttempt } from "./job-attempt.js";
export { closedEngine, invalidJob, jobTimedOut, toJobError, workerStopped } from "./job-errors.js";
export {
  checkQueue,
  type NormalJob,
  type NormalSchedule,
  type ScheduleRequest,
  toNormalJob,
  toNormalSchedule,
} from "./normal-job.js";
export { fromPayloadText, toPayloadText } from "./payload-text.js";
export { type ResolvedWork, resolveDrain, resolveWork, retryWaitMs } from "./work-options.js";
