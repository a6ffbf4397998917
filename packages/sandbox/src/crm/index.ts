export {
  type ApolloCustomField,
  type ApolloFields,
  type ApolloLimits,
  type ApolloRow,
  type ApolloSandbox,
  type ApolloSandboxOptions,
  type ApolloWorld,
  type ApolloWrite,
  apolloSandbox,
} from "./apollo/index.js";
export {
  type CloseCustomField,
  type CloseDoc,
  type CloseEvent,
  type CloseOAuth,
  type CloseOAuthApp,
  type CloseRates,
  type CloseSandbox,
  type CloseSandboxOptions,
  type CloseSettings,
  type CloseStatus,
  type CloseTokens,
  type CloseType,
  type CloseWebhookOptions,
  type CloseWrite,
  closeSandbox,
  signClose,
} from "./close/index.js";
export {
  type HubspotEvent,
  HubspotGrants,
  type HubspotPropertyDefinition,
  type HubspotRates,
  type HubspotRecord,
  type HubspotSandbox,
  type HubspotSandboxOptions,
  type HubspotType,
  type HubspotWebhookOptions,
  type HubspotWorldView,
  type HubspotWrite,
  hubspotSandbox,
} from "./hubspot/index.js";
export {
  type BrowserLimits,
  type BrowserSocket,
  type LinkedinApp,
  type LinkedinMember,
  type LinkedinPage,
  type LinkedinSandbox,
  type LinkedinSandboxOptions,
  type LinkedinWorld,
  linkedinSandbox,
} from "./linkedin/index.js";
export type { CrmEndpoint, LoggedCall } from "./shared/crm-endpoint.js";
export type { CrmFault, CrmFaultPlan, FaultedRequest } from "./shared/crm-fault.js";
export { createManualClock, type ManualClock } from "./shared/manual-clock.js";
export type { RateWindow } from "./shared/rate-windows.js";
export type { CrmServer, ListenOptions } from "./shared/serve-handler.js";
export type { WebhookDelivery, WebhookMessage } from "./shared/webhook-sender.js";
