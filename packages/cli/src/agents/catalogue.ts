import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";
import type { AgentEntry } from "./agent-entry.js";
import { bdr } from "./bdr.js";
import { conversation } from "./conversation.js";
import { enrichment } from "./enrichment.js";
import { growth } from "./growth.js";
import { marketing } from "./marketing.js";
import { qualification } from "./qualification.js";
import { service } from "./service.js";

/** The agents that the command line can run. */
export const AGENTS: readonly AgentEntry[] = [
  qualification,
  enrichment,
  growth,
  marketing,
  bdr,
  conversation,
  service,
];

/** Their names. */
export const agentNames: readonly string[] = AGENTS.map(({ name }) => name);

/** @throws UsageError when there is none of this name. */
export function findAgent(name: string): AgentEntry {
  const entry = AGENTS.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const near = didYouMean(name, agentNames) || ".";
  throw new UsageError(`There is no agent "${name}"${near} The agents are ${agentNames.join(", ")}.`);
}
