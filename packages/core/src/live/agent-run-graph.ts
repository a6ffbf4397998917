import type { ApprovalRecord, Clock, JsonValue } from "@salesagent/ports";
import {
  type AnyEvent,
  agentStep,
  type BaseAgent,
  type EventSink,
  type RunEvent,
  waitForApproval,
} from "../agent/index.js";
import { toJson } from "../agent/stored-form.js";
import { END, field, type NodeContext, START, StateGraph, type StoredGraphs } from "../graph/index.js";
import type { LiveAgent } from "./live-runs.js";
import type { RunTeller, Telling } from "./run-teller.js";

/** What a run of an agent is begun with, as it is kept. A type and not an interface, so that it is a `JsonObject`. */
export type AgentRunRequest = {
  readonly input: JsonValue;
  readonly by: string;
  readonly threadId?: string;
  readonly leadId?: string;
  readonly campaignId?: string;
};

/** What a run of an agent came to, as it is kept. */
export type AgentRunOutput = {
  readonly output: JsonValue;
  /** Of the last life of the run. */
  readonly summary: JsonValue;
  readonly runIds: readonly string[];
};

const GRAPH = "agent:";
/** Of the way in which runs are kept, not of an agent. */
export const AGENT_GRAPH_VERSION = "1";
/** Names the node, and the step in it. */
const WORK = "work";
const SUMMARY = "summary";
const RUN_ID = "run/";

/** Under which the runs of an agent are kept: a process is given only those of agents that it has. */
export const agentGraphOf = (agent: string): string => `${GRAPH}${agent}`;

/** The agent of a kept run; nothing for a run of something else. */
export const agentOfGraph = (graph: string): string | undefined =>
  graph.startsWith(GRAPH) ? graph.slice(GRAPH.length) : undefined;

/** The id of an agent's run, where a remembered step holds it. */
export const isRunIdKey = (key: string): boolean => key.includes(`/${RUN_ID}`);

/** An agent as a durable graph of one node, which tells what happens in the run's stream. */
export function agentRunGraph(agent: LiveAgent, teller: RunTeller, clock: Clock): StoredGraphs {
  const { plan } = new StateGraph({
    request: field<AgentRunRequest>(),
    result: field<AgentRunOutput | null>({ default: () => null }),
  })
    .addNode(WORK, async ({ request }, context) => ({
      // No run is begun without.
      result: await work(agent, teller, request as AgentRunRequest, context),
    }))
    .addEdge(START, WORK)
    .addEdge(WORK, END)
    .compile({ name: "agent-run", version: AGENT_GRAPH_VERSION, clock });
  return { name: agentGraphOf(agent.name), version: AGENT_GRAPH_VERSION, resolve: async () => plan };
}

/** An agent as `agentStep` takes it; whatever its input is, it was given as JSON. */
type JsonAgent = BaseAgent<JsonValue, JsonValue, { readonly type: string }>;

async function work(
  agent: LiveAgent,
  teller: RunTeller,
  { input, leadId, campaignId, threadId }: AgentRunRequest,
  context: NodeContext,
): Promise<AgentRunOutput> {
  const { tenant = "", runId, fence = 0 } = context;
  const telling = teller.of({ tenant, id: runId, fence });
  const sink = new AgentRunSink(telling, context, fence);
  const output = await agentStep(context, agent as unknown as JsonAgent, input, {
    step: WORK,
    sink,
    onApprovalRequired: async (approval) => {
      await sink.asked(approval);
      return waitForApproval(approval, context);
    },
    run: { leadId, campaignId, threadId },
  });
  return { output, summary: context.recall(SUMMARY) ?? null, runIds: runIdsOf(context, fence) };
}

function runIdsOf(context: NodeContext, fence: number): readonly string[] {
  const ids: string[] = [];
  for (let claim = 0; claim <= fence; claim++) {
    const id = context.recall(`${RUN_ID}${claim}`);
    if (typeof id === "string") ids.push(id);
  }
  return ids;
}

/** Keeps an agent's events in the run's stream; how the run ends is told where that is put on record. */
class AgentRunSink implements EventSink<RunEvent<JsonValue, AnyEvent>> {
  readonly #telling: Telling;
  readonly #context: NodeContext;
  readonly #fence: number;
  #write: ((event: AnyEvent) => void | Promise<void>) | undefined;

  constructor(telling: Telling, context: NodeContext, fence: number) {
    this.#telling = telling;
    this.#context = context;
    this.#fence = fence;
  }

  write(event: RunEvent<JsonValue, AnyEvent>): void | Promise<void> {
    if (event.type === "run-started") return this.#begin(event as Extract<typeof event, { runId: string }>);
    if (event.type === "run-completed") return this.#completed(event);
    // What was told in an earlier life stands in the stream already.
    if ("recalled" in event && event.recalled) return undefined;
    return this.#write?.(event);
  }

  flush(): Promise<void> {
    return this.#telling.flush();
  }

  async asked({ id, agent, tool, callId, arguments: shown, expiresAt }: ApprovalRecord): Promise<void> {
    const data = { approvalId: id, agent, tool, callId, arguments: shown, expiresAt };
    await this.#telling.write({ type: "approval-requested", data });
  }

  async #begin({ runId, ...event }: AnyEvent & { readonly runId: string }): Promise<void> {
    const part = `${RUN_ID}${this.#fence}`;
    if (this.#context.recall(part) === undefined) await this.#context.remember(part, runId);
    const writer = await this.#telling.writer();
    if (writer) this.#write = (told) => writer.write(toStreamEvent(told));
    const isResumed = await this.#telling.isResumed();
    const begun = { ...event, runId, ...(isResumed && { type: "run-resumed" }) };
    await this.#write?.(begun);
  }

  async #completed(event: RunEvent<JsonValue, AnyEvent>): Promise<void> {
    if (!("summary" in event) || this.#context.recall(SUMMARY) !== undefined) return;
    await this.#context.remember(SUMMARY, toJson(event.summary));
  }
}

function toStreamEvent(event: AnyEvent) {
  const { type, ...data } = event;
  return { type, data: toJson(data) };
}
