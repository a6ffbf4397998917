export { type Authorize, apiKeys, firstOf } from "./access.js";
export { createServer, type SalesServer } from "./create-server.js";
export type { Problem } from "./problem.js";
export type { CorsOptions, ServerLimits, ServerOptions } from "./server-options.js";
