export { advance } from "./advance.js";
export { applyDelta } from "./apply-delta.js";
export { begin } from "./begin.js";
export { Command, END, type Goto, Send, START } from "./command.js";
export { CompiledGraph } from "./compiled-graph.js";
export { AnyRuns } from "./durable/any-runs.js";
export { type DurableFlows, type DurableOptions, durableFlows } from "./durable/durable-flows.js";
export type { FlowObserver } from "./durable/flow-observer.js";
export type { FlowRest } from "./durable/flow-run.js";
export type { FlowStorage } from "./durable/flow-storage.js";
export type { StoredGraphs } from "./durable/stored-graphs.js";
export type { StoredRuns } from "./durable/stored-runs.js";
export type {
  Advance,
  ArrivedJoins,
  FlowDelta,
  FlowHost,
  FlowMigration,
  FlowSnapshot,
  PlannedTask,
  RememberedStep,
  TaskWrite,
  WaitFor,
} from "./flow.js";
export type {
  CustomEvent,
  GraphEvent,
  InterruptedEvent,
  NodeFinishedEvent,
  NodeRetriedEvent,
  NodeStartedEvent,
  RunCompletedEvent,
  RunStartedEvent,
  StateEvent,
  SuperstepStartedEvent,
} from "./graph-event.js";
export type { GraphPlan, RunMeans } from "./graph-plan.js";
export type {
  Checkpointer,
  ForkOptions,
  GraphRuns,
  GraphStream,
  HistoryPoint,
  ResumeOptions,
  RunOptions,
  RunOutcome,
  RunScope,
  RunView,
  StartOptions,
  StreamMode,
  StreamOptions,
} from "./graph-runs.js";
export { type MemoryCheckpointerOptions, memoryCheckpointer } from "./memory-checkpointer.js";
export {
  type GraphMigration,
  type HalfFullJoin,
  type MigratedRun,
  type MigratingRun,
  migration,
} from "./migration.js";
export type { NodeCacheOptions } from "./node-cache.js";
export type { InterruptOptions, NodeContext } from "./node-context.js";
export {
  field,
  type InputOf,
  type StateField,
  type StateOf,
  type StateShape,
  type UpdateOf,
} from "./state-field.js";
export {
  type Choice,
  type CompileOptions,
  type NodeFunction,
  type NodeOptions,
  type NodeResult,
  type NodeRetry,
  StateGraph,
  type SubGraphOptions,
} from "./state-graph.js";
