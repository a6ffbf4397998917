// What tools and adapters share.
export type { Fetch } from "../egress/fetch.js";
export type { GuardOptions } from "../egress/guard-options.js";
export type { AllowedHosts } from "../egress/host-rules.js";
export type { HeaderSource, HostHeaders } from "../egress/own-headers.js";
export { isPublicAddress } from "../egress/public-address.js";
export { webEgress } from "../egress/web-egress.js";
// Ports, for adapters of your own.
export type { ChatMessage, ChatPoster, PostedMessage } from "../ports/chat-poster.js";
export type { CompanyEnricher, CompanyHints, Enrichment, PersonHints } from "../ports/company-enricher.js";
export type { CrmMatch, CrmQuery, CrmSearch, TenantCall } from "../ports/crm-search.js";
export type { Egress, EgressCall, EgressRequest, EgressResponse } from "../ports/egress.js";
export type { MailMessage, MailTransport } from "../ports/mail-transport.js";
export type { Position, Profile, ProfileReader } from "../ports/profile-reader.js";
export type { QueryClient, QueryPool, QueryStatement } from "../ports/query-pool.js";
export type { SearchBackend, SearchFindings, SearchHit, SearchQuery } from "../ports/search-backend.js";
export type { ApiKey } from "../services/api-key.js";
// Tools, and what stands behind them.
export { type CalculatorOutput, calculator } from "./calculator/calculator.js";
export { type SlackApiOptions, slackApi } from "./chat/slack-api.js";
export { type SlackPostInput, type SlackPostOptions, slackPost } from "./chat/slack-post.js";
export { type SlackWebhookOptions, slackWebhook } from "./chat/slack-webhook.js";
export { type EnrichOutput, enrichWithApollo } from "./crm/enrich-with-apollo.js";
export { type ProviderOfTenant, providerCrmSearch } from "./crm/provider-crm-search.js";
export { type ScrapeLinkedinOutput, scrapeLinkedin } from "./crm/scrape-linkedin.js";
export { type SearchCrmOutput, searchCrm } from "./crm/search-crm.js";
export { type DatabaseQueryOptions, databaseQuery } from "./database/database-query.js";
export type { QueryRows } from "./database/read-only-query.js";
export type { HttpRequestOutput } from "./http/http-output.js";
export {
  type HttpInput,
  type HttpMethod,
  type HttpRequestOptions,
  httpRequest,
} from "./http/http-request.js";
export {
  type EmailSendInput,
  type EmailSendOptions,
  type EmailSendOutput,
  emailSend,
  type MayWriteTo,
} from "./mail/email-send.js";
export { type PerplexityOptions, perplexity } from "./search/perplexity.js";
export { type SearchWebOptions, searchWeb } from "./search/search-web.js";
export { type SearxngOptions, searxng } from "./search/searxng.js";
export {
  type AnalyzeTechStackOptions,
  analyzeTechStack,
  type TechStackOutput,
} from "./tech-stack/analyze-tech-stack.js";
export type { FoundTechnology } from "./tech-stack/find-technologies.js";
export type { TechnologyCategory, TechnologyRule } from "./tech-stack/technology-rule.js";
export {
  type GenerateVoiceOptions,
  type GenerateVoiceOutput,
  generateVoice,
  type MadeRecording,
} from "./voice/generate-voice.js";
