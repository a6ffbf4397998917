import type {
  CallOptions,
  EventBus,
  JobEngine,
  SalesEventName,
  SalesEvents,
  Storage,
  Worker,
} from "@salesagent/ports";
import type { ApiKeys } from "../access/index.js";
import type { CrmSync } from "../crm/index.js";
import type { Approvals } from "../effects/index.js";
import type { DurableFlows } from "../graph/index.js";
import type { Handoffs } from "../handoff/index.js";
import type { HealthReport } from "../health/index.js";
import type { LiveAgent, LiveRuns, LiveStreams } from "../live/index.js";
import type { Workflows } from "../workflow/index.js";

/** A composed app: what the host's pages, jobs and servers work with. */
export interface SalesAgent extends AsyncDisposable {
  readonly storage: Storage;
  readonly events: EventBus;
  /** The agents of this process by their names. */
  readonly agents: ReadonlyMap<string, LiveAgent>;
  readonly streams: LiveStreams;
  readonly runs: LiveRuns;
  readonly flows: DurableFlows;
  readonly workflows: Workflows;
  readonly approvals: Approvals;
  readonly apiKeys: ApiKeys;
  /** Absent without `crm`. */
  readonly sync: CrmSync | undefined;
  /** Absent without `handoffs`. */
  readonly handoffs: Handoffs | undefined;
  readonly jobs: JobEngine | undefined;
  /** The names of the CRM connections. */
  readonly connections: readonly string[];
  /** As `events.on`. */
  on<Name extends SalesEventName>(name: Name, listener: (event: SalesEvents[Name]) => void): Disposable;
  /** Asks all that it depends on. */
  health(call?: CallOptions): Promise<HealthReport>;
  /**
   * Works in this process: on durable runs, and on syncs, webhooks and handoffs where there are any.
   *
   * @returns Drains all of them.
   */
  work(): Promise<Worker>;
}
