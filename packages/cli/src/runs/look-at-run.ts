import type { WaitFor } from "@salesagent/core/graph";
import type { FlowRecord, JsonObject } from "@salesagent/ports";
import type { AgentEntry, GraphAgent } from "../agents/agent-entry.js";
import { openWork, type StoreSession } from "../session/open-session.js";
import { idleWorld } from "../world/idle-world.js";

/** A run's state and what it waits for. */
export interface RunSight {
  readonly state: JsonObject;
  readonly on: readonly WaitFor[];
}

/** Opens an agent to look at its runs and to answer them; nothing is worked on. */
export async function withIdleAgent<T>(
  store: StoreSession,
  entry: AgentEntry,
  use: (agent: GraphAgent) => Promise<T>,
): Promise<T> {
  await using work = openWork(store, idleWorld(), {}, { work: "elsewhere" });
  const agent = work.openGraph(entry);
  if (!agent) throw new TypeError(`${entry.name} is no graph`);
  return await use(agent);
}

/** What only the run's own graph can tell; of a graph that is none of ours, the names that it waits for. */
export async function lookAtRun(
  store: StoreSession,
  record: FlowRecord,
  entry: AgentEntry | undefined,
): Promise<RunSight> {
  if (!entry) {
    const on = record.awaiting.map((name): WaitFor => ({ kind: "event", name, node: record.graph }));
    return { state: {}, on: record.status === "waiting" ? on : [] };
  }
  return withIdleAgent(store, entry, async ({ graph }) => {
    const view = await graph.getState(record.id, { tenant: store.tenant });
    return { state: (view?.state ?? {}) as JsonObject, on: view?.on ?? [] };
  });
}
