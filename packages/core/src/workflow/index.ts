export { checkWorkflow } from "./check-workflow.js";
export { type CompiledWorkflow, compileWorkflow, type WorkflowOptions } from "./compile-workflow.js";
export type { Comparison, Condition } from "./condition.js";
export { createWorkflows, type WorkflowsOptions } from "./create-workflows.js";
export type {
  AgentNode,
  ApprovalAnswer,
  ApprovalNode,
  DecisionNode,
  EndNode,
  ParallelNode,
  SubWorkflowNode,
  ToolNode,
  WaitNode,
  WorkflowDefinition,
  WorkflowEdge,
  WorkflowNode,
  WorkflowNodeKind,
  WorkflowOutcome,
  WorkflowRetry,
} from "./definition.js";
export { workflowSchema } from "./definition-schema.js";
export type { Mapping, Source } from "./mapping.js";
export type { WorkflowAgent, WorkflowRegistry } from "./registry.js";
export type { WorkflowStepEvent } from "./step-log.js";
export { type StoredWorkflowName, storedWorkflowOf } from "./stored-workflow-of.js";
export { type WorkflowLog, workflowLog } from "./workflow-runs.js";
export type { WorkflowLogEntry, WorkflowScope, WorkflowShape, WorkflowState } from "./workflow-state.js";
export type {
  OfTenant,
  SaveOptions,
  StoredWorkflowLog,
  WorkflowRun,
  WorkflowScopeOptions,
  WorkflowStart,
  Workflows,
} from "./workflows.js";
