import type { Clock, EventBus, HealthCheck, JobEngine, Storage } from "@salesagent/ports";
import type { CrmConnections } from "../crm/index.js";
import type { Effects } from "../effects/index.js";
import type { DurableOptions } from "../graph/index.js";
import type { HandoffsOptions } from "../handoff/index.js";
import type { LiveAgent, LiveStreamsOptions } from "../live/index.js";
import type { WorkflowsOptions } from "../workflow/index.js";
import type { SalesAgent } from "./sales-agent.js";

/** What an app is composed of. */
export interface SalesAgentOptions {
  readonly storage: Storage;
  /** Agents by themselves; by their names where only other processes have them. @defaultValue none */
  readonly agents?: readonly (LiveAgent | string)[] | undefined;
  /** CRMs that the app is kept in step with, by their names. @defaultValue none */
  readonly crm?: CrmConnections | undefined;
  /** Carries syncs by the clock, webhooks and handoffs; needed where there are any. */
  readonly jobs?: JobEngine | undefined;
  /** What stored workflows may use, besides the agents. */
  readonly workflows?:
    | Pick<WorkflowsOptions, "tools" | "recursionLimit" | "maxLoggedChars" | "maxStateBytes" | "concurrency">
    | undefined;
  /** What tools of workflows that write run through. */
  readonly effects?: Effects | undefined;
  /** Lets agents hand work to one another over `jobs`. @defaultValue false */
  readonly handoffs?:
    | boolean
    | Pick<HandoffsOptions, "queue" | "maxDepth" | "approvalPollMs" | "deadLetterPollMs" | "telemetry">
    | undefined;
  /** @defaultValue a bus of this app's own */
  readonly events?: EventBus | undefined;
  /** How durable runs are worked on. */
  readonly durable?:
    | Pick<DurableOptions, "work" | "concurrency" | "leaseMs" | "pollMs" | "owner" | "onEvent">
    | undefined;
  readonly streams?: Pick<LiveStreamsOptions, "pollMs" | "flushMs" | "tailEvents"> | undefined;
  /** Asked by `health`, beside the storage: models, services, a tenant's CRM. By a name each. */
  readonly checks?: Readonly<Record<string, HealthCheck>> | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
  /** Told what goes wrong in the background, such as a store that is away; the work goes on by itself. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Composes an app: durable runs and their streams, stored workflows, approvals, API keys, and syncs with CRMs, over one storage.
 *
 * @throws SalesAgentError `config.invalid` naming the option that makes no sense.
 */
export function createSalesAgent(_options: SalesAgentOptions): SalesAgent {
  throw new Error("createSalesAgent is on its way");
}
