export type { PgBossJobsOptions } from "./job-options.js";
export { pgBossJobs } from "./pg-boss-jobs.js";
