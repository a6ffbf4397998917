import { createSortableIds, systemClock } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import { AGENTS, agentNames, findAgent } from "../agents/catalogue.js";
import type { Command } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import { openStore } from "../session/open-session.js";
import { openWorld } from "../world/world-options.js";
import { driveAgent, driveGraph } from "./drive-run.js";
import { EXIT_CODES_NOTE } from "./run-end.js";
import { RUN_OPTIONS, resolveRunOptions } from "./run-options.js";

/** `salesagent run AGENT`: one run of one agent, told step by step. */
export const runCommand: Command = {
  name: "run",
  summary: `Runs an agent: ${agentNames.join(", ")}. Without a key it is a rehearsal on this machine.`,
  operands: "AGENT",
  options: RUN_OPTIONS,
  examples: [
    "salesagent run growth --company Figma --domain figma.com",
    "salesagent run marketing --input-file brief.json --model anthropic/claude-sonnet-5-5",
    "salesagent run bdr --example --rehearse --yes",
    "salesagent run bdr --example --store pg",
    "cat lead.json | salesagent run qualification --input - --json",
  ],
  note: EXIT_CODES_NOTE,
  async run(operands, given, io) {
    const entry = agentOf(operands);
    const options = await resolveRunOptions(entry, given, io);
    const { threadId } = options;
    await using store = await openStore(options.store, io);
    await using world = await openWorld(options.world, io);
    if (!options.quiet) for (const note of world.notes) io.stderr.write(`${note}\n`);
    const { tenant } = store;
    const runId = options.runId ?? createSortableIds(systemClock)();
    const input = entry.inThread?.(options.input, threadId ?? runId) ?? options.input;
    const run = { entry, runId, store, world, options, io };
    const call = { tenant, threadId, runId, signal: io.signal };
    if (entry.work.kind === "agent") return await driveAgent(run, input, call);
    return await driveGraph(run, ({ graph }) => graph.invoke(input, call));
  },
};

function agentOf([name, ...more]: readonly string[]): AgentEntry {
  if (name === undefined) {
    const rows = AGENTS.map((entry) => `  ${entry.name.padEnd(14)} ${entry.summary}`);
    throw new UsageError(`Which agent? Use \`salesagent run AGENT\`:\n${rows.join("\n")}`);
  }
  if (more.length > 0)
    throw new UsageError(`One agent at a time; got ${more.length + 1} words. Quote texts.`);
  return findAgent(name);
}
