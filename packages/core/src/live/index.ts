export { createLiveRuns, type LiveRunsOptions } from "./create-live-runs.js";
export { createLiveStreams } from "./create-live-streams.js";
export type {
  AskedBy,
  LiveAgent,
  LiveRunFilter,
  LiveRunRequest,
  LiveRunResult,
  LiveRunSummary,
  LiveRuns,
  LiveRunView,
  LiveWorkflowRequest,
  ThreadState,
  WaitingApproval,
} from "./live-runs.js";
export type {
  FollowOptions,
  LiveStreamCounts,
  LiveStreams,
  LiveStreamsOptions,
  StreamEnd,
  StreamEvent,
  StreamReader,
  StreamWriter,
} from "./live-streams.js";
