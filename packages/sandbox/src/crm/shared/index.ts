export {
  type CrmEndpoint,
  createCrmEndpoint,
} from "./crm-endpoint.js";
export type { CrmFaultPlan } from "./crm-fault.js";
export { isRecord, jsonAnswer, readJsonObject } from "./json-answer.js";
export { createManualClock } from "./manual-clock.js";
export { type RateState, type RateVerdict, RateWindows } from "./rate-windows.js";
export { createRouter, type Route, type RouteCall, type RouteMatch } from "./routes.js";
export { createSeededIds, type SeededIds } from "./seeded-ids.js";
export {
  type WebhookDelivery,
  type WebhookMessage,
  WebhookSender,
} from "./webhook-sender.js";
