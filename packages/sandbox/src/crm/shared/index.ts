export {
  type CrmEndpoint,
  createCrmEndpoint,
  type EndpointOptions,
  type LoggedCall,
} from "./crm-endpoint.js";
export { type CrmFault, type CrmFaultPlan, CrmFaults, type FaultedRequest } from "./crm-fault.js";
export { ConnectionLost, type CrmHandler } from "./crm-handler.js";
export { handlerFetch } from "./handler-fetch.js";
export { isRecord, jsonAnswer, readJsonObject } from "./json-answer.js";
export { createManualClock, type ManualClock } from "./manual-clock.js";
export { type RateState, type RateVerdict, type RateWindow, RateWindows } from "./rate-windows.js";
export { createRouter, type Route, type RouteCall, type RouteMatch } from "./routes.js";
export { createSeededIds, type SeededIds } from "./seeded-ids.js";
export { type CrmServer, type ListenOptions, serveHandler } from "./serve-handler.js";
export {
  type WebhookDelivery,
  type WebhookMessage,
  WebhookSender,
  type WebhookSenderOptions,
} from "./webhook-sender.js";
export { type FaultOptions, withFaults } from "./with-faults.js";
export { microsOf, microsText, WorldClock, type WorldClockOptions } from "./world-clock.js";
