// Meetings: from a lead to a booked time, over days.
export {
  type AskedStep,
  type BdrAgent,
  type BdrInput,
  type BdrOptions,
  createBdrAgent,
} from "./bdr/bdr-agent.js";
export type { BdrState, BdrUpdate } from "./bdr/bdr-nodes.js";
export type {
  BdrOutcome,
  BdrOutcomeKind,
  BdrQualification,
  BookedMeeting,
  SentProposal,
} from "./bdr/bdr-state.js";
export type { MeetingOptions } from "./bdr/meeting-rules.js";
export { type BdrReply, bdrReplySchema } from "./bdr/read-reply.js";
// Conversation: by voice or in writing, turn by turn.
export { type ConversationAgent, createConversationAgent } from "./conversation/conversation-agent.js";
export type {
  ConversationOptions,
  TurnInput,
  TurnLimits,
  TurnOptions,
} from "./conversation/conversation-options.js";
export type {
  ConversationGraph,
  ConversationInput,
  ConversationState,
  ConversationUpdate,
} from "./conversation/conversation-state.js";
export { ConversationTurn } from "./conversation/conversation-turn.js";
export { wasCutOff } from "./conversation/said-message.js";
export { SentenceSplitter } from "./conversation/sentence-splitter.js";
export type {
  IntentEvent,
  ReplyAudioEvent,
  ReplyRestartEvent,
  ReplyTextEvent,
  TranscriptEvent,
  TurnCompletedEvent,
  TurnEvent,
  TurnLatency,
  TurnOutcome,
} from "./conversation/turn-event.js";
// Enrichment: what several sources know, with where it is from.
export {
  createEnrichmentAgent,
  type EnrichmentAgent,
  type EnrichmentInput,
  type EnrichmentOptions,
  type EnrichmentState,
} from "./enrichment/enrichment-agent.js";
export type {
  CompanyHintsGiven,
  Disagreement,
  EnrichedRecords,
  FieldCandidate,
  PersonHintsGiven,
  SourceReading,
} from "./enrichment/enrichment-schemas.js";
// What agents that are graphs share.
export type { FlowOptions, UpdateOfState } from "./flow/flow-options.js";
// Growth: opportunities with evidence, looked for until they are sure enough.
export {
  createGrowthAgent,
  type GrowthAgent,
  type GrowthInput,
  type GrowthOptions,
  type GrowthState,
} from "./growth/growth-agent.js";
export type { Finding, Opportunity } from "./growth/growth-schemas.js";
// Marketing: a message for each channel, which fits it.
export type { Channel, ChannelLimits } from "./marketing/channel-limits.js";
export {
  createMarketingAgent,
  type MarketingAgent,
  type MarketingInput,
  type MarketingOptions,
  type MarketingState,
} from "./marketing/marketing-agent.js";
export type { Angle, Draft, MarketingBrief, MarketingMessage } from "./marketing/marketing-schemas.js";
export type {
  BookingCall,
  BookingOutcome,
  Calendar,
  MeetingRequest,
  Slot,
  SlotQuery,
} from "./ports/calendar.js";
export type { KnowledgeQuery, KnowledgeSearch, Passage } from "./ports/knowledge-search.js";
export type { OutgoingReply, ReplyCall, ReplyChannel } from "./ports/reply-channel.js";
// Profiles: the customer that a seller looks for, as data. `nearestName` is for messages about mistyped names.
export { exampleProfile } from "./profile/example-profile.js";
export type {
  AmountFieldPath,
  ChoiceFieldPath,
  CustomFieldPath,
  FieldPath,
  TextFieldPath,
} from "./profile/field-path.js";
export type {
  Criterion,
  CriterionBase,
  CriterionKind,
  Falloff,
  IdealCustomerProfile,
  KeywordsCriterion,
  MatchRule,
  OneOfCriterion,
  PresentCriterion,
  RangeCriterion,
  TechnologyCriterion,
  TierBand,
} from "./profile/ideal-customer-profile.js";
export { nearestName } from "./profile/nearest-name.js";
export { parseProfile, parseProfileJson } from "./profile/parse-profile.js";
export { idealCustomerProfileSchema } from "./profile/profile-schema.js";
export type { Tiers } from "./profile/resolve-tiers.js";
// Qualification
export type { LeadFacts, QualificationInput } from "./qualification/candidate.js";
export { QualificationAgent, type QualificationOptions } from "./qualification/qualification-agent.js";
export type {
  CriterionEvent,
  Degradation,
  DegradedEvent,
  QualificationEvent,
  QualificationResult,
  RulesScoredEvent,
} from "./qualification/qualification-result.js";
export { readQualification } from "./qualification/read-qualification.js";
// Scoring by rules, and what a model may add to it.
export { type CompiledProfile, compileProfile } from "./scoring/compile-profile.js";
export {
  type MergedScore,
  type MergePolicy,
  type ModelAssessment,
  mergeAssessment,
} from "./scoring/merge-assessment.js";
export type {
  CriterionOutcome,
  CriterionRole,
  CriterionScore,
  MissingField,
  NextAction,
  RulesScore,
  ScorableLead,
  ScoreCap,
} from "./scoring/rules-score.js";
export { type ScoreBucket, scoreHistogram } from "./scoring/score-histogram.js";
// Customer service: cited answers, other agents, and persons.
export { createServiceAgent, type ServiceAgent } from "./service/service-agent.js";
export type {
  CustomerMessage,
  OpenCase,
  PersonAnswer,
  ServiceOptions,
} from "./service/service-options.js";
export type {
  Classification,
  CustomerRequest,
  EscalationReason,
  ServiceGraph,
  ServiceInput,
  ServiceOutcome,
  ServiceReply,
  ServiceState,
  ServiceUpdate,
  Source,
} from "./service/service-state.js";
export { type ToAgentOptions, type ToQueueOptions, toAgent, toQueue } from "./service/service-targets.js";
export {
  DEFAULT_TOPICS,
  type HandedRequest,
  type ServiceTarget,
  type ServiceTopic,
  type ServiceTopics,
} from "./service/service-topics.js";
