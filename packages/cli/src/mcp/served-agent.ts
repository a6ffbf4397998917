import { exposeAgent, type McpAgent, type McpRun } from "@salesagent/mcp";
import type { JsonObject } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import { endOfGraph } from "../run/run-end.js";
import type { StoreSession, WorkSession } from "../session/open-session.js";
import { agentInput } from "./agent-input.js";
import type { RunEvents } from "./run-events.js";

/** An agent of the command line as clients call it: by the fields that the command line has options for. */
export function servedAgent(
  entry: AgentEntry,
  store: StoreSession,
  work: WorkSession,
  events: RunEvents,
): McpAgent {
  const { name, summary } = entry;
  const run = (
    given: JsonObject,
    { signal = new AbortController().signal, effectScope }: RunCall,
  ): McpRun => {
    const runId = effectScope?.runId ?? "";
    const input = entry.inThread?.(given, runId) ?? given;
    return entry.work.kind === "agent"
      ? plainRun(entry, work, input, { tenant: store.tenant, signal, runId })
      : graphRun(entry, store, work, events, input, { tenant: store.tenant, signal, runId });
  };
  return exposeAgent({
    agent: { name, run },
    description: `${summary}.`,
    input: agentInput(entry),
    writes: entry.work.kind === "graph",
  });
}

type RunCall = Parameters<McpAgent["run"]>[1];
type OwnCall = { readonly tenant: string; readonly signal: AbortSignal; readonly runId: string };

function plainRun(entry: AgentEntry, work: WorkSession, input: JsonObject, call: OwnCall): McpRun {
  const agent = work.openAgent(entry);
  if (!agent) throw new TypeError(`${entry.name} is a graph`);
  const run = agent.run(input, call);
  const output = async () => told(entry.toResult(toData((await run.result()).output)), work);
  return { [Symbol.asyncIterator]: () => run[Symbol.asyncIterator](), output };
}

function graphRun(
  entry: AgentEntry,
  { stores }: StoreSession,
  work: WorkSession,
  events: RunEvents,
  input: JsonObject,
  { tenant, signal, runId }: OwnCall,
): McpRun {
  const agent = work.openGraph(entry);
  if (!agent) throw new TypeError(`${entry.name} is no graph`);
  const stop = () => void stores.flows.stop(runId, { by: "mcp", reason: "the client left" }).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  const happened = events.of(runId);
  const ending = endOfGraph(agent.graph.invoke(input, { tenant, runId, signal }), signal).finally(() => {
    signal.removeEventListener("abort", stop);
    happened.end();
  });
  ending.catch(() => {}); // told by `output`
  const output = async () => {
    const end = await ending;
    if (end.status === "completed") return told(entry.toResult(end.state), work);
    if (end.status === "waiting")
      return { status: "waiting", runId, waitsFor: toData({ on: end.on })["on"] ?? null };
    throw new Error(end.status === "failed" ? end.error.message : end.reason);
  };
  return { [Symbol.asyncIterator]: () => happened[Symbol.asyncIterator](), output };
}

/** Nothing pretends to be a model. */
const told = (result: JsonObject, { world }: WorkSession): JsonObject =>
  world.kind === "rehearsal" ? { ...result, simulated: true } : result;

const toData = (output: unknown): JsonObject => JSON.parse(JSON.stringify(output ?? {})) as JsonObject;
