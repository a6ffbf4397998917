import type { WaitFor } from "@salesagent/core/graph";
import { type FlowRecord, type JsonObject, SalesAgentError, type StoredError } from "@salesagent/ports";
import type { AgentEntry, GraphAgent } from "../agents/agent-entry.js";
import { openWork, type StoreSession } from "../session/open-session.js";
import { idleWorld } from "../world/idle-world.js";
import { worldOf } from "../world/own-versions.js";
import type { WorldKind } from "../world/world.js";

/** A run's state and what it waits for. */
export interface RunSight {
  readonly state: JsonObject;
  readonly on: readonly WaitFor[];
  /** Why its state can't be read here, and it can't be gone on with. */
  readonly blocked?: StoredError;
}

/** Opens an agent to look at its runs and to answer them; nothing is worked on. */
export async function withIdleAgent<T>(
  store: StoreSession,
  entry: AgentEntry,
  world: WorldKind | undefined,
  use: (agent: GraphAgent) => Promise<T>,
): Promise<T> {
  await using work = openWork(store, idleWorld(), {}, { looksAt: { world } });
  const agent = work.openGraph(entry);
  if (!agent) throw new TypeError(`${entry.name} is no graph`);
  return await use(agent);
}

/** What only the run's own graph can tell; of one that is not known here, the names that it waits for. */
export async function lookAtRun(
  store: StoreSession,
  record: FlowRecord,
  entry: AgentEntry | undefined,
): Promise<RunSight> {
  if (!entry) return { state: {}, on: namedWaits(record) };
  return withIdleAgent(store, entry, worldOf(record), async ({ graph }) => {
    try {
      const view = await graph.getState(record.id, { tenant: store.tenant });
      if (view?.blocked) return { state: {}, on: namedWaits(record), blocked: view.blocked };
      return { state: (view?.state ?? {}) as JsonObject, on: view?.on ?? [] };
    } catch (error) {
      // Another program may call a graph of its own by the same name.
      if (!SalesAgentError.is(error) || !error.code.startsWith("graph.")) throw error;
      const { code, message } = error;
      return { state: {}, on: namedWaits(record), blocked: { code, message } };
    }
  });
}

function namedWaits({ status, awaiting, graph }: FlowRecord): readonly WaitFor[] {
  return status === "waiting" ? awaiting.map((name) => ({ kind: "event", name, node: graph })) : [];
}
