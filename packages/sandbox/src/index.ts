export type { Ask, AskedTool } from "./ask.js";
export {
  type Dialect,
  type EmbeddingDialect,
  FLAVORS,
  type Flavor,
  VENDORS,
  type Vendor,
} from "./dialect.js";
export type {
  FailureReason,
  Fault,
  FaultType,
  InBandErrorFault,
  RetryAfter,
  StatusFault,
} from "./fault.js";
export { rehearse } from "./rehearsal/rehearse.js";
export { schemaInstance } from "./rehearsal/schema-instance.js";
export { type RenderedReply, type RenderOptions, renderReply } from "./render-reply.js";
export type {
  Reply,
  ReplyFinish,
  ReplyQuirks,
  ReplyTiming,
  ReplyToolCall,
  ReplyUsage,
  UsagePosition,
} from "./reply.js";
export type { LoggedRequest, RequestOutcome, SandboxRequest } from "./sandbox-request.js";
export type { FaultPlan } from "./server/fault-plan.js";
export type { SandboxBehaviour, SandboxView } from "./server/sandbox-core.js";
export { createSandboxFetch, type SandboxFetch } from "./server/sandbox-fetch.js";
export type { Script } from "./server/script.js";
export {
  type Sandbox,
  type SandboxConnections,
  type SandboxOptions,
  startSandbox,
} from "./server/start-sandbox.js";
