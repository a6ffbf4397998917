export { HubspotGrants } from "./grants.js";
export {
  type HubspotSandbox,
  type HubspotSandboxOptions,
  type HubspotWebhookOptions,
  hubspotSandbox,
} from "./hubspot-sandbox.js";
export type { HubspotType } from "./object-types.js";
export type { HubspotPropertyDefinition } from "./property-catalogue.js";
export type { HubspotRates } from "./rate-gate.js";
export type { HubspotEvent } from "./webhook-events.js";
export type { HubspotRecord, HubspotWorldView } from "./world-view.js";
export type { HubspotWrite } from "./write-log.js";
