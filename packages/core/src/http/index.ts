export {
  type AuthorizationRequest,
  type AuthorizationReturn,
  finishAuthorization,
  type StartedAuthorization,
  startAuthorization,
} from "./authorization.js";
export type { Fetch } from "./exchange.js";
export { localRateBudgetStore } from "./local-rate-budget-store.js";
export { parseJson } from "./parse-json.js";
export {
  type BudgetWindow,
  createRateBudget,
  type RateBudget,
  type RateBudgetOptions,
  type RateNews,
  type RateWant,
} from "./rate-budget.js";
export type { RateFact, RateFactReader } from "./rate-facts.js";
export { readRateFacts } from "./read-rate-facts.js";
export { urlPath } from "./request-url.js";
export type { AuthParts, Secret, ServiceAuth, TokenSource } from "./service-auth.js";
export { classifyServiceFailure, type ServiceBreakerOptions } from "./service-breaker.js";
export type { ServiceCallEvent } from "./service-call-event.js";
export { createServiceClient, type ServiceClient } from "./service-client.js";
export type { ServiceClientOptions, ServiceRetryOptions } from "./service-client-options.js";
export {
  type FailedAnswer,
  type FailureClassifier,
  type FailureReading,
  failedAnswerOf,
  type ServiceFailureCode,
} from "./service-failure.js";
export type {
  QueryFields,
  QueryValue,
  ServiceAnswer,
  ServiceCallOptions,
  ServiceLimits,
  ServiceMethod,
  ServiceRequest,
} from "./service-request.js";
export type { GrantFields, TokenEndpoint } from "./token-endpoint.js";
export { createTokenSource, type TokenSourceOptions } from "./token-source.js";
export {
  type CredentialHolder,
  credentialVault,
  memoryVault,
  type OAuthToken,
  type TokenVault,
  type VaultedToken,
} from "./token-vault.js";
