export { hubspot } from "./hubspot.js";
export { HUBSPOT_AUTHORIZE_URL, HUBSPOT_RATE_WINDOWS, HUBSPOT_TOKEN_URL } from "./hubspot-http.js";
export type {
  HubspotAuth,
  HubspotChangesOptions,
  HubspotCustomField,
  HubspotFields,
  HubspotJournalOptions,
  HubspotMapping,
  HubspotOptions,
  HubspotWebhookOptions,
} from "./hubspot-options.js";
export type { HubspotVersion } from "./hubspot-paths.js";
export type { PropertyType } from "./property-values.js";
export type { SignatureVersion } from "./verify-signature.js";
