export type { AgentDescription } from "./agent-description.js";
export {
  type AgentNodeOptions,
  type AgentStepOptions,
  agentNode,
  agentStep,
  type EventSink,
} from "./agent-node.js";
export { type AgentOptions, BaseAgent, type RunOptions } from "./base-agent.js";
export { type Agent, type AgentDefinition, defineAgent } from "./define-agent.js";
export type {
  HandoffQueue,
  HandoffRequest,
  HandoffSender,
  HandoffTicket,
  QueuedHandoffOptions,
} from "./handoff-queue.js";
export type { PartMemory } from "./loop-memory.js";
export { type ModelLoopOptions, type ModelLoopResult, runModelLoop } from "./model-loop.js";
export type { RecordWriter, RunRecords } from "./record-writer.js";
export { type AnyEvent, Run, type RunResult } from "./run.js";
export { type EventFacts, RunContext, type RunContextInit, type StepNote } from "./run-context.js";
export type {
  OutputPartialEvent,
  OutputRejectedEvent,
  RunCompletedEvent,
  RunEnd,
  RunEvent,
  RunStartedEvent,
  RunSummary,
  StepStartedEvent,
  ToolFinishedEvent,
  ToolStartedEvent,
  WorkEvent,
} from "./run-event.js";
export { readThread } from "./thread-memory.js";
export { waitForApproval } from "./wait-for-approval.js";
