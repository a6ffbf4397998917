import type { Command, OptionValues } from "../command/command.js";
import { textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { readSetup, SETUP_OPTIONS } from "../run/run-options.js";
import { openStore, openWork } from "../session/open-session.js";
import { readStoreChoice, STORE_OPTIONS } from "../session/store-options.js";
import { cliVersion } from "../version.js";
import { openWorld } from "../world/world-options.js";

/** `salesagent mcp`: tools and agents for a program that speaks MCP, over the standard streams. */
export const mcpCommand: Command = {
  name: "mcp",
  summary:
    "Serves agents and tools to an MCP client over the standard streams. Without a key it is a rehearsal.",
  operands: "",
  options: {
    tools: { type: "string", value: "LIST", help: "only these agents and tools, with commas" },
    ...SETUP_OPTIONS,
    ...STORE_OPTIONS,
  },
  examples: [
    "salesagent mcp --rehearse",
    "salesagent mcp --tools qualification,search_crm --model openai/gpt-5.4-mini",
    "salesagent mcp --store pg --tenant acme",
  ],
  note: "A client starts it by itself: give it the command salesagent with the argument mcp. Agents that wait for persons for days (bdr, conversation, service) are served with --store pg.",
  async run(operands, options, io) {
    if (operands.length > 0) throw new UsageError("mcp takes no words, only options.");
    const { stdin } = io;
    if (!stdin) throw new UsageError("mcp reads the standard input, and there is none.");
    const setup = await readSetup(options, io);
    const choice = readStoreChoice(options, io);
    await using store = await openStore(choice, io);
    await using world = await openWorld(setup.world, io);
    for (const note of world.notes) io.stderr.write(`${note}\n`);
    const [{ createMcpServer, lineTransport }, { servedByCli, RunEvents }] = await Promise.all([
      import("@salesagent/mcp"),
      import("./served-by-cli.js"),
    ]);
    const events = new RunEvents();
    await using work = openWork(store, world, setup, {
      onEvent: (event, { id }) => events.tell(event, id),
      onError: (error) => void io.stderr.write(`The store failed: ${String(error)}\n`),
    });
    work.flows.work();
    const served = chosen(servedByCli(store, work, events), options);
    await using server = createMcpServer({
      ...served,
      effects: work.means.effects,
      approvals: store.approvals,
      version: cliVersion(),
      instructions: world.notes.join(" "),
    });
    io.stderr.write(`Serves ${server.names.join(", ")} to an MCP client, for the tenant ${store.tenant}.\n`);
    const session = await server.connect(lineTransport({ input: stdin, output: io.stdout }), {
      tenant: store.tenant,
      id: "local",
    });
    await untilLeft(session.closed, io);
    return 0;
  },
};

/** @throws UsageError when one is named that there is not. */
function chosen<T extends { readonly name: string }, A extends { readonly name: string }>(
  { tools, agents }: { readonly tools: readonly T[]; readonly agents: readonly A[] },
  options: OptionValues,
): { readonly tools: readonly T[]; readonly agents: readonly A[] } {
  const names = textOption(options, "tools")
    ?.split(",")
    .map((name) => name.trim());
  if (!names) return { tools, agents };
  const known = [...agents, ...tools].map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--tools: there is no "${unknown}"; there is ${known.join(", ")}.`);
  const isWanted = ({ name }: { readonly name: string }) => names.includes(name);
  return { tools: tools.filter(isWanted), agents: agents.filter(isWanted) };
}

function untilLeft(closed: Promise<void>, { signal }: Io): Promise<void> {
  return new Promise((resolve) => {
    void closed.then(resolve);
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
