export type {
  HandoffQueue,
  HandoffRequest,
  HandoffSender,
  HandoffTicket,
  QueuedHandoffOptions,
} from "../agent/handoff-queue.js";
export {
  type HandoffNodeOptions,
  type HandoffStepOptions,
  handoffNode,
  handoffStep,
} from "./handoff-node.js";
export {
  createHandoffs,
  type HandoffScope,
  type Handoffs,
  type HandoffsOptions,
  type HandoffTarget,
} from "./handoffs.js";
export type { HandoffAgent } from "./receive-handoff.js";
