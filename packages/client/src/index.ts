export type { ClientClock } from "./client-clock.js";
export { ClientError, type ClientIssue, type Problem } from "./client-error.js";
export type { ClientHeaders, ClientOptions } from "./client-options.js";
export { createClient, type SalesClient } from "./create-client.js";
export type { ConnectionState, FollowOptions } from "./follow-stream.js";
export type { ListOptions, Page } from "./pages.js";
export type * from "./responses.js";
export { emptyRunView, type RunView, runView } from "./run-view.js";
export type { JsonValue, StreamEnd, StreamEvent } from "./stream-event.js";
