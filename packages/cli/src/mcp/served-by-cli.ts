import type { AnyTool } from "@salesagent/core";
import type { McpAgent } from "@salesagent/mcp";
import { AGENTS } from "../agents/catalogue.js";
import { conversation } from "../agents/conversation.js";
import type { StoreSession, WorkSession } from "../session/open-session.js";
import { workflowRegistry } from "../workflow/workflow-registry.js";
import type { RunEvents } from "./run-events.js";
import { servedAgent } from "./served-agent.js";

export { RunEvents } from "./run-events.js";

/** Runs that wait for persons outlive a client, which only a durable store lets them. */
const WAITING: readonly string[] = ["bdr", "service", conversation.name];

/** The tools and agents of this world. */
export function servedByCli(
  store: StoreSession,
  work: WorkSession,
  events: RunEvents,
): { readonly tools: readonly AnyTool[]; readonly agents: readonly McpAgent[] } {
  const entries = AGENTS.filter(({ name }) => store.durable || !WAITING.includes(name));
  return {
    tools: workflowRegistry(work.means).tools ?? [],
    agents: entries.map((entry) => servedAgent(entry, store, work, events)),
  };
}
