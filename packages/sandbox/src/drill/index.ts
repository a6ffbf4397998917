export { type DrillRow, passes } from "./drill-row.js";
export { DRILL_SCENARIOS } from "./drill-scenarios.js";
export {
  DRILL_LIMITS,
  type DrillLimits,
  type DrillRole,
  type DrillSetup,
  type DrillVendor,
} from "./drill-setup.js";
export type {
  DrillAsk,
  DrillCall,
  DrillEvent,
  DrillOutcome,
  DrillSession,
  DrillSubject,
} from "./drill-subject.js";
export { languageModelSubject, type ModelFactory } from "./language-model-subject.js";
export { type DrillOptions, runDrill } from "./run-drill.js";
export type { DrillScenario } from "./scenario.js";
