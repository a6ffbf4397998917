export type { CrmProviderConformanceOptions } from "./crm-provider/crm-bench.js";
export { crmProviderCases, crmProviderConformance } from "./crm-provider/crm-provider-conformance.js";
export type {
  Awaitable,
  CrmCustomSample,
  CrmSamples,
  CrmSetup,
  CrmWorld,
  CrmWorldEvent,
  CrmWorldFault,
  CrmWorldFaultScope,
  CrmWorldRecord,
  CrmWorldSigning,
  CrmWorldWrite,
} from "./crm-provider/crm-world.js";
export { type CrmDouble, createCrmDouble } from "./crm-provider/double/create-crm-double.js";
export type {
  CrmDoubleCall,
  CrmDoubleFault,
  CrmDoubleFaults,
  CrmDoubleOperation,
  CrmDoubleOptions,
  CrmFeedTraits,
  CrmRewrite,
  CrmStamping,
} from "./crm-provider/double/crm-double-options.js";
export type { CrmDoubleWorld } from "./crm-provider/double/double-world.js";
export { type CrmFaultRates, randomCrmFaults } from "./crm-provider/double/random-crm-faults.js";
export {
  type EmbeddingHarness,
  type EmbeddingModelSetup,
  type EmbeddingScenario,
  embeddingModelConformance,
} from "./embedding-model/suite.js";
export {
  type JobEngineConformanceOptions,
  jobEngineConformance,
} from "./job-engine/job-engine-conformance.js";
export type { JobEngineSetup } from "./job-engine/job-suite.js";
export { type KeyRingSetup, keyRingConformance } from "./key-ring/key-ring-conformance.js";
export {
  type FetchWrapper,
  type HarnessFetch,
  type LanguageModelSetup,
  type ModelHarness,
  PLANTED_KEY,
  type ScenarioServer,
  type VendorHabits,
} from "./language-model/harness.js";
export type {
  ModelScenario,
  ScenarioFault,
  ScenarioReason,
  ScenarioToolCall,
  ScenarioUsage,
} from "./language-model/scenario.js";
export { languageModelCases, languageModelConformance } from "./language-model/suite.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export type { Expectation, Runner, RunningCase } from "./runner.js";
export { type StorageConformanceOptions, storageConformance } from "./storage/storage-conformance.js";
