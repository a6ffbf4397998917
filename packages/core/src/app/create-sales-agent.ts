import {
  type CallOptions,
  type Clock,
  type EventBus,
  type HealthCheck,
  type JobEngine,
  type SalesEventName,
  type SalesEvents,
  type Storage,
  systemClock,
  type Worker,
} from "@salesagent/ports";
import { createApiKeys } from "../access/index.js";
import { type CrmConnections, type CrmSync, createCrmSync } from "../crm/index.js";
import { createApprovals, type Effects } from "../effects/index.js";
import { type DurableOptions, durableFlows } from "../graph/index.js";
import { createHandoffs, type Handoffs, type HandoffsOptions } from "../handoff/index.js";
import { healthOf, storageHealth } from "../health/index.js";
import { createEventBus } from "../kernel/event-bus.js";
import { createLiveRuns, createLiveStreams, type LiveAgent, type LiveStreamsOptions } from "../live/index.js";
import { createWorkflows, type WorkflowsOptions } from "../workflow/index.js";
import { AppWorker } from "./app-worker.js";
import { configured, invalidConfig } from "./configured.js";
import type { SalesAgent } from "./sales-agent.js";

/** What an app is composed of. */
export interface SalesAgentOptions {
  readonly storage: Storage;
  /** Agents by themselves; by their names where only other processes have them. @defaultValue none */
  readonly agents?: readonly (LiveAgent | string)[] | undefined;
  /** CRMs that the app is kept in step with, by their names. @defaultValue none */
  readonly crm?: CrmConnections | undefined;
  /** Carries syncs by the clock, webhooks and handoffs. @defaultValue none: the host runs syncs itself */
  readonly jobs?: JobEngine | undefined;
  /** What stored workflows may use, besides the agents. */
  readonly workflows?:
    | Pick<WorkflowsOptions, "tools" | "recursionLimit" | "maxLoggedChars" | "maxStateBytes" | "concurrency">
    | undefined;
  /** What tools of workflows that write run through. */
  readonly effects?: Effects | undefined;
  /** Lets agents hand work to one another over `jobs`; or handoffs that the agents were made with already. @defaultValue none */
  readonly handoffs?:
    | true
    | Handoffs
    | Pick<HandoffsOptions, "queue" | "maxDepth" | "approvalPollMs" | "deadLetterPollMs" | "telemetry">
    | undefined;
  /** @defaultValue a bus of this app's own */
  readonly events?: EventBus | undefined;
  /** How durable runs are worked on. */
  readonly durable?:
    | Pick<DurableOptions, "work" | "concurrency" | "leaseMs" | "pollMs" | "owner" | "onEvent">
    | undefined;
  /** How streams are written and followed. */
  readonly streams?: Pick<LiveStreamsOptions, "pollMs" | "flushMs" | "tailEvents"> | undefined;
  /** Asked by `health` beside the storage, such as models, by a name each. */
  readonly checks?: Readonly<Record<string, HealthCheck>> | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of runs and records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
  /** Told what goes wrong in the background, such as a store that is away; the work goes on by itself. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Composes an app over one storage: durable runs of agents and workflows, the streams that tell them, approvals, API keys, and syncs
 * with CRMs. Nothing begins before it is asked for.
 *
 * @example
 * ```ts
 * const sales = createSalesAgent({ storage, agents: [qualification] });
 * const { id } = await sales.runs.start("acme", { agent: "qualification", input: { company: "Figma" }, by: "user:42" });
 * for await (const { type, data } of sales.streams.follow("acme", id)) console.log(type, data);
 * ```
 * @throws SalesAgentError `config.invalid` naming the option that makes no sense.
 */
export function createSalesAgent(options: SalesAgentOptions): SalesAgent {
  return new ComposedApp(options);
}

class ComposedApp implements SalesAgent {
  readonly storage: SalesAgent["storage"];
  readonly events: SalesAgent["events"];
  readonly agents: SalesAgent["agents"];
  readonly streams: SalesAgent["streams"];
  readonly runs: SalesAgent["runs"];
  readonly flows: SalesAgent["flows"];
  readonly workflows: SalesAgent["workflows"];
  readonly approvals: SalesAgent["approvals"];
  readonly apiKeys: SalesAgent["apiKeys"];
  readonly sync: CrmSync | undefined;
  readonly handoffs: Handoffs | undefined;
  readonly jobs: JobEngine | undefined;
  readonly connections: readonly string[];
  readonly #clock: Clock;
  readonly #checks: Readonly<Record<string, HealthCheck>>;
  readonly #workers: Worker[] = [];

  constructor(options: SalesAgentOptions) {
    const { storage, agents = [], crm = {}, jobs, clock = systemClock, createId, onError } = options;
    if (storage?.port !== "storage/1") throw invalidConfig("storage", "it is none");
    const shared = { storage, clock };
    this.storage = storage;
    this.jobs = jobs;
    this.#clock = clock;
    this.#checks = options.checks ?? {};
    this.events =
      options.events ?? createEventBus({ ...(onError && { onListenerError: (error) => onError(error) }) });
    const own = agents.filter((agent) => typeof agent !== "string");
    this.agents = new Map(own.map((agent) => [agent.name, agent]));
    this.flows = configured("durable", () => durableFlows({ ...options.durable, ...shared, onError }));
    this.streams = configured("streams", () => createLiveStreams({ ...options.streams, ...shared, onError }));
    this.approvals = createApprovals({ ...shared, createId });
    this.apiKeys = createApiKeys(shared);
    this.workflows = configured("workflows", () => this.#openWorkflows(options, own));
    this.runs = configured("agents", () =>
      createLiveRuns({
        ...{ ...shared, createId, onError, agents },
        ...{ streams: this.streams, flows: this.flows, workflows: this.workflows },
      }),
    );
    this.connections = Object.keys(crm);
    this.sync = this.connections.length === 0 ? undefined : this.#openSync(options, crm);
    this.handoffs = configured("handoffs", () => this.#openHandoffs(options, own));
  }

  on<Name extends SalesEventName>(name: Name, listener: (event: SalesEvents[Name]) => void): Disposable {
    return this.events.on(name, listener);
  }

  health({ signal }: CallOptions = {}) {
    const checks = { storage: storageHealth(this.storage, { clock: this.#clock }), ...this.#checks };
    return healthOf({ checks, clock: this.#clock, signal });
  }

  async work(): Promise<Worker> {
    const workers: Worker[] = [this.flows.work()];
    this.#workers.push(new AppWorker(workers));
    if (this.jobs && this.sync) workers.push(await this.sync.work());
    if (this.handoffs) workers.push(await this.handoffs.work());
    return new AppWorker(workers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker[Symbol.asyncDispose]()));
    await this.flows[Symbol.asyncDispose]();
    await this.streams[Symbol.asyncDispose]();
  }

  #openWorkflows({ workflows, effects, createId, storage }: SalesAgentOptions, agents: readonly LiveAgent[]) {
    const { flows, approvals } = this;
    return createWorkflows({
      ...workflows,
      ...{ storage, flows, approvals, agents, effects, clock: this.#clock },
      ...(createId && { newId: createId }),
    });
  }

  #openSync({ storage, jobs, createId }: SalesAgentOptions, connections: CrmConnections): CrmSync {
    const { events } = this;
    return configured("crm", () =>
      createCrmSync({ storage, connections, jobs, events, clock: this.#clock, createId }),
    );
  }

  #openHandoffs(
    { storage, jobs, handoffs, createId }: SalesAgentOptions,
    agents: readonly LiveAgent[],
  ): Handoffs | undefined {
    if (handoffs === undefined) return undefined;
    if (handoffs !== true && "to" in handoffs) return handoffs;
    if (!jobs) throw invalidConfig("jobs", "it must be given where agents hand work to one another");
    const settings = handoffs === true ? {} : handoffs;
    return createHandoffs({ ...settings, storage, jobs, agents, clock: this.#clock, createId });
  }
}
