export { type Apollo, apollo } from "./apollo.js";
export type { ApolloAuth, ApolloConnection } from "./apollo-client.js";
export type { ApolloCustomField, ApolloMapping } from "./apollo-mapping.js";
export type { ApolloOptions } from "./apollo-options.js";
export { type ApolloRateBudgetOptions, apolloRateBudget } from "./apollo-rate-budget.js";
export type { ApolloTaskDraft, ApolloTasks, ApolloTaskType } from "./apollo-tasks.js";
export type { CreditOptions } from "./credit-budget.js";
export type { EmailPolicy } from "./email-policy.js";
export type { EnrichmentOptions } from "./enrichment-options.js";
export type {
  ApolloEnricher,
  Enrichment,
  TenantCall,
  WaterfallOrder,
  WaterfallStart,
} from "./enrichment-types.js";
export type { CompanyHints, PersonHints } from "./hints.js";
export type { WaterfallPerson, WaterfallResult, WaterfallWait } from "./waterfall.js";
