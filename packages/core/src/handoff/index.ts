export type {
  HandoffQueue,
  HandoffRequest,
  HandoffSender,
  HandoffTicket,
  QueuedHandoffOptions,
} from "../agent/handoff-queue.js";
export { type EscalateOptions, type EscalationOutcome, escalate, escalationMessage } from "./escalate.js";
export {
  createEscalations,
  type Escalation,
  type EscalationDecision,
  type EscalationLook,
  type EscalationQuestion,
  type EscalationRequest,
  type Escalations,
  type EscalationsOptions,
} from "./escalations.js";
export {
  type HandoffNodeOptions,
  type HandoffStepOptions,
  handoffNode,
  handoffStep,
} from "./handoff-node.js";
export { type HandoffToolInput, type HandoffToolOptions, handoffTool } from "./handoff-tool.js";
export {
  createHandoffs,
  type HandoffScope,
  type Handoffs,
  type HandoffsOptions,
  type HandoffTarget,
} from "./handoffs.js";
export type { HandoffAgent } from "./receive-handoff.js";
export {
  createSupervisor,
  type Report,
  type SupervisedAgent,
  type SupervisorGraph,
  type SupervisorOptions,
  type SupervisorState,
} from "./supervisor.js";
export {
  type ConversationScope,
  createSwarm,
  type Swarm,
  type SwarmOptions,
  type SwarmReply,
} from "./swarm.js";
export type { Said, SwarmGraph, SwarmMember, SwarmState, SwarmUpdate, Transfer } from "./swarm-graph.js";
export type { Turn, TurnMember } from "./turn-agent.js";
