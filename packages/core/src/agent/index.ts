export { type AgentOptions, BaseAgent, type RunOptions } from "./base-agent.js";
export { type Agent, type AgentDefinition, defineAgent } from "./define-agent.js";
export { type ModelLoopOptions, type ModelLoopResult, runModelLoop } from "./model-loop.js";
export { Run, type RunResult } from "./run.js";
export { RunContext, type StepNote } from "./run-context.js";
export type {
  OutputPartialEvent,
  OutputRejectedEvent,
  RunCompletedEvent,
  RunEvent,
  RunStartedEvent,
  RunSummary,
  StepStartedEvent,
  ToolFinishedEvent,
  ToolStartedEvent,
  WorkEvent,
} from "./run-event.js";
