import type { CallOptions } from "@salesagent/ports";
import {
  type Clock,
  createSortableIds,
  type JsonObject,
  type JsonValue,
  type PageRequest,
  SalesAgentError,
  type Storage,
  systemClock,
  type TenantStorage,
} from "@salesagent/ports";
import { auditRecord } from "../effects/effect-audit.js";
import { wrongState } from "../graph/graph-errors.js";
import type { DurableFlows } from "../graph/index.js";
import { linkSignal } from "../kernel/linked-signal.js";
import type { Workflows } from "../workflow/index.js";
import { KEPT_UNDER } from "../workflow/stored-workflow-of.js";
import { AGENT_GRAPH_VERSION, agentGraphOf, agentRunGraph } from "./agent-run-graph.js";
import type {
  AskedBy,
  LiveAgent,
  LiveRunFilter,
  LiveRunRequest,
  LiveRunResult,
  LiveRuns,
  LiveRunView,
  LiveWorkflowRequest,
} from "./live-runs.js";
import type { LiveStreams } from "./live-streams.js";
import { runObserver } from "./run-observer.js";
import { lastStream, nextDraft } from "./run-stream-id.js";
import { RunTeller } from "./run-teller.js";
import { listed, summaryOf, viewOf } from "./run-views.js";

/** What durable runs are begun and told with. */
export interface LiveRunsOptions {
  readonly storage: Pick<Storage, "tenant">;
  readonly streams: LiveStreams;
  /** Keeps the runs, in the same storage. */
  readonly flows: DurableFlows;
  /** Agents by themselves; by their names where other processes have them, and this one only begins their runs. */
  readonly agents: readonly (LiveAgent | string)[];
  readonly workflows?: Workflows | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of runs and of audit records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
  /** Told when something of a stream could not be kept though its run went on. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The last messages of a thread that its state shows. */
const MOST_MESSAGES = 100;

/**
 * Durable runs of agents and workflows that are told in streams. Make one for each `flows`: it names its agents' graphs there.
 *
 * @throws TypeError where two agents have the same name.
 */
export function createLiveRuns(options: LiveRunsOptions): LiveRuns {
  return new StoredLiveRuns(options);
}

class StoredLiveRuns implements LiveRuns {
  readonly #options: LiveRunsOptions;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #agents: readonly string[];

  constructor(options: LiveRunsOptions) {
    const { storage, streams, flows, agents, clock = systemClock, onError } = options;
    this.#options = options;
    this.#clock = clock;
    this.#createId = options.createId ?? createSortableIds(clock);
    this.#agents = agents.map((agent) => (typeof agent === "string" ? agent : agent.name));
    if (new Set(this.#agents).size < this.#agents.length) {
      throw new TypeError("liveRuns.agents: two agents have the same name");
    }
    const teller = new RunTeller({ streams, onError });
    for (const agent of agents) {
      if (typeof agent !== "string") flows.stored(agentRunGraph(agent, teller, clock));
    }
    flows.observe(runObserver(teller, (tenant) => storage.tenant(tenant).flows));
  }

  async start(tenant: string, request: LiveRunRequest, call: CallOptions = {}) {
    const { agent, input, id = this.#createId(), threadId, leadId, campaignId, by } = request;
    if (!this.#agents.includes(agent)) throw unknownAgent(agent, this.#agents);
    const about = { ...(threadId !== undefined && { threadId }), ...(leadId !== undefined && { leadId }) };
    const kept = { input, by, ...about, ...(campaignId !== undefined && { campaignId }) };
    const graph = { graph: agentGraphOf(agent), version: AGENT_GRAPH_VERSION };
    const flow = {
      id,
      ...graph,
      input: { request: kept },
      ...(threadId !== undefined && { threadId }),
    };
    const runs = this.#options.flows.of(tenant);
    await this.#stores(tenant).transaction(
      async (stores) => {
        const draft = { id, source: `agent:${agent}`, ...about, startedBy: by };
        if (!(await stores.streams.open(draft))) throw taken(id);
        if (!(await runs.begin(flow, { in: stores }))) throw taken(id);
      },
      { ...call, isolation: "read-committed" },
    );
    return { id };
  }

  async startWorkflow(tenant: string, request: LiveWorkflowRequest, { signal }: CallOptions = {}) {
    const { workflow, input, version, threadId, leadId, by, id = this.#createId() } = request;
    const { workflows, streams } = this.#options;
    if (!workflows) throw new TypeError("liveRuns.workflows must be given where workflows are begun");
    const about = { ...(threadId !== undefined && { threadId }), ...(leadId !== undefined && { leadId }) };
    const draft = { id, source: `workflow:${workflow}`, ...about, startedBy: by };
    if (!(await streams.open(tenant, draft, { signal }))) throw taken(id);
    try {
      await workflows.begin(workflow, input, { tenant, runId: id, threadId, version, signal });
    } catch (error) {
      await this.#endUnbegun(tenant, id);
      throw error;
    }
    return { id };
  }

  async get(tenant: string, id: string, call: CallOptions = {}): Promise<LiveRunView | undefined> {
    return viewOf(this.#stores(tenant), this.#options.streams, id, call);
  }

  async list(tenant: string, filter: LiveRunFilter = {}, page?: PageRequest, call?: CallOptions) {
    const { agent, workflow, status, threadId } = filter;
    const graph = agent !== undefined ? agentGraphOf(agent) : workflow !== undefined ? KEPT_UNDER : undefined;
    const stores = this.#stores(tenant);
    const { items, ...rest } = await stores.flows.list({ graph, status, threadId }, page, call);
    const wanted =
      workflow === undefined ? items : items.filter((record) => summaryOf(record).name === workflow);
    return { ...rest, items: await listed(stores, wanted, call) };
  }

  async result(
    tenant: string,
    id: string,
    { signal, timeoutMs }: CallOptions & { readonly timeoutMs?: number | undefined } = {},
  ): Promise<LiveRunResult> {
    if (!(await this.#stores(tenant).flows.get(id, { signal }))) throw noRun(id);
    using linked = linkSignal(signal);
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#clock.schedule(timeoutMs, () => linked.abort(tooLong(id, timeoutMs)));
    try {
      await this.#options.flows.of(tenant).settled(id, { signal: linked.signal });
    } finally {
      timer?.cancel();
    }
    const view = await this.get(tenant, id, { signal });
    if (!view) throw noRun(id);
    return toResult(view);
  }

  async cancel(tenant: string, id: string, { by, reason, signal }: AskedBy & { readonly reason: string }) {
    const { flows, streams } = this.#options;
    if (!(await flows.of(tenant).stop(id, { by, reason }, { signal }))) return false;
    const last = await lastStream(streams, { tenant, id }, { signal });
    if (last) await streams.stop(tenant, last.record.id, { by, reason }, { signal });
    await this.#note(tenant, { by, action: "run-cancelled", id, facts: { reason } });
    return true;
  }

  async retry(tenant: string, id: string, { by, signal }: AskedBy) {
    const { flows, streams } = this.#options;
    const record = await this.#stores(tenant).flows.get(id, { signal });
    if (record?.status !== "failed") {
      throw wrongState(id, record?.status ?? "unknown", "only a run that failed is retried");
    }
    const last = await lastStream(streams, { tenant, id }, { signal });
    if (!(await flows.of(tenant).reopen(id, { signal }))) {
      throw wrongState(id, "failed", "what it would go on from is gone, or somebody else has retried it");
    }
    const draft = last && nextDraft(id, last);
    // Whoever takes the run on does the same where this process dies here.
    if (draft) await streams.open(tenant, draft);
    await this.#note(tenant, { by, action: "run-retried", id, facts: {} });
    return { id, streamId: draft?.id ?? id };
  }

  async answer(tenant: string, id: string, name: string, payload: JsonValue, call?: CallOptions) {
    return this.#options.flows.of(tenant).deliver(id, name, payload, call);
  }

  async state(tenant: string, threadId: string, call: CallOptions = {}) {
    const { items } = await this.list(tenant, { threadId }, { limit: 1 }, call);
    const { messages } = this.#stores(tenant);
    const said = await messages.latest(threadId, { limit: MOST_MESSAGES }, call);
    const [run] = items;
    if (!run && said.length === 0) return undefined;
    return { threadId, ...(run && { run }), messages: said };
  }

  async history(tenant: string, threadId: string, page?: PageRequest, call?: CallOptions) {
    return this.list(tenant, { threadId }, page, call);
  }

  #stores(tenant: string): TenantStorage {
    return this.#options.storage.tenant(tenant);
  }

  /** A stream whose run never began has to end; where it can't, its time to be kept comes all the same. */
  async #endUnbegun(tenant: string, id: string): Promise<void> {
    try {
      const writer = await this.#options.streams.writer(tenant, id, { fence: 0 });
      await writer.end({ status: "cancelled" });
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  async #note(
    tenant: string,
    { by, action, id, facts }: { by: string; action: string; id: string; facts: JsonObject },
  ): Promise<void> {
    const source = { createId: this.#createId, clock: this.#clock };
    const told = { actor: by, action, subject: `run:${id}`, runId: id, facts };
    await this.#stores(tenant).audit.addMany([auditRecord(source, told)]);
  }
}

function toResult(view: LiveRunView): LiveRunResult {
  const { id, status, stop, waitsFor, approvals } = view;
  const error = view.error ?? { code: "internal", message: "Unknown failure" };
  switch (status) {
    case "completed":
      return { status, id, output: view.output ?? null };
    case "failed":
      return { status, id, error };
    case "cancelled":
      return { status, id, ...(stop && { stop }) };
    default:
      return { status: "waiting", id, waitsFor, approvals };
  }
}

function unknownAgent(agent: string, known: readonly string[]): SalesAgentError<"agent.unknown"> {
  return new SalesAgentError("agent.unknown", {
    message: `There is no agent "${agent.slice(0, 100)}" in this app.`,
    facts: { agent: agent.slice(0, 100), known },
    replay: "safe",
  });
}

const taken = (id: string) => wrongState(id, "unknown", "its id is taken; begin another");
const noRun = (id: string) => wrongState(id, "unknown", "there is no such run");

function tooLong(id: string, limitMs: number): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `The run ${id} did not end within ${limitMs} ms. It goes on.`,
    facts: { name: id, limitMs },
    replay: "safe",
  });
}
