export { type Authorize, apiKeys, firstOf } from "./access.js";
export { createServer, type SalesServer } from "./create-server.js";
export type { Problem } from "./problem.js";
export type { QuotaPlan, Quotas } from "./quota.js";
export type {
  CorsOptions,
  MetricsOptions,
  ServerLimits,
  ServerOptions,
  WebhookOptions,
} from "./server-options.js";
