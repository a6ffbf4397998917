export { CLOSE_OAUTH } from "./close-oauth.js";
export type {
  CloseCredential,
  CloseOptions,
  SignatureKeys,
} from "./close-options.js";
export { type CloseProvider, close } from "./close-provider.js";
export type { CloseFieldMapping, CloseMapping } from "./custom-fields.js";
export type { CloseOptOuts } from "./opt-outs.js";
export type {
  CloseSubscription,
  CloseSubscriptionRequest,
  CloseSubscriptions,
} from "./webhook-subscriptions.js";
