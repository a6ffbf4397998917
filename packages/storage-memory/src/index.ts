export { type MemoryJobsOptions, memoryJobs } from "./memory-jobs.js";
export { type MemoryStorageOptions, memoryStorage } from "./memory-storage.js";
