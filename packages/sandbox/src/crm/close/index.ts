export type { CloseRates } from "./close-access.js";
export type { CloseDoc, CloseType } from "./close-doc.js";
export type { CloseEvent } from "./close-events.js";
export type { CloseOAuth, CloseOAuthApp, CloseTokens } from "./close-oauth.js";
export {
  type CloseSandbox,
  type CloseSandboxOptions,
  type CloseWrite,
  closeSandbox,
} from "./close-sandbox.js";
export type { CloseCustomField, CloseSettings, CloseStatus } from "./close-settings.js";
export { type CloseWebhookOptions, signClose } from "./close-webhooks.js";
