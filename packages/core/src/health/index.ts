export { type HealthOptions, type HealthReport, healthOf } from "./health-of.js";
export { type StorageHealthOptions, storageHealth } from "./storage-health.js";
