export { readRateLimits, resetMs } from "./rate-limit-headers.js";
export { retryAfterMs } from "./retry-after.js";
export { toldWaitMs } from "./told-wait.js";
