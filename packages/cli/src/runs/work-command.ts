import type { GraphEvent } from "@salesagent/core/graph";
import type { FlowClaim } from "@salesagent/ports";
import { type AgentEntry, isGraph } from "../agents/agent-entry.js";
import { AGENTS, findAgent } from "../agents/catalogue.js";
import type { Command, OptionValues } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import type { Io } from "../io.js";
import { readSetup, SETUP_OPTIONS, TELL_OPTIONS } from "../run/run-options.js";
import { StepLines } from "../run/step-lines.js";
import { openStore, openWork, type StoreSession } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { toldOfWorkflow } from "../workflow/step-events.js";
import { isWorkflowRun, workflowEntry } from "../workflow/workflow-entry.js";
import { openWorld } from "../world/world-options.js";

/** How long runs in hand may take when the worker is ended; what is not done then goes on elsewhere. */
const DRAIN_MS = 10_000;
/** As much of a run's id as tells runs apart in one terminal. */
const SHOWN_CHARS = 12;
/** Runs whose steps are timed at once; one that failed tells no end, so the oldest leave. */
const MOST_TOLD = 1_000;

/** `salesagent runs work`: a worker until it is interrupted. */
export const workCommand: Command = {
  name: "runs work",
  summary: "works on all runs that are due, of every tenant, until it is interrupted",
  operands: "",
  options: {
    agent: {
      type: "string",
      value: "LIST",
      help: "only runs of these agents, with commas; workflow for those of workflows",
    },
    ...SETUP_OPTIONS,
    ...DURABLE_OPTIONS,
    ...TELL_OPTIONS,
  },
  examples: ["salesagent runs work", "salesagent runs work --agent bdr --model openai/gpt-5.4-mini"],
  async run(_operands, options, io) {
    const entries = entriesOf(textOption(options, "agent"));
    const setup = await readSetup(options, io);
    await using store = await openStore(readDurableChoice(options, io), io);
    await using world = await openWorld(setup.world, io);
    const quiet = flagOption(options, "quiet");
    if (!quiet) for (const note of world.notes) io.stderr.write(`${note}\n`);
    const teller = new WorkTeller(store, options, io);
    await using work = openWork(store, world, setup, {
      onEvent: (event, claim) => teller.onEvent(event, claim),
      onError: (error) =>
        void io.stderr.write(`The store failed the worker, which tries again: ${String(error)}\n`),
    });
    for (const entry of entries) work.openGraph(entry);
    const worker = work.flows.work();
    const names = entries.map(({ name }) => name).join(", ");
    if (!quiet)
      io.stderr.write(
        `Works on ${world.kind === "rehearsal" ? "rehearsals" : "runs"} of ${names}. Stop with Ctrl+C.\n`,
      );
    await untilInterrupted(io);
    if (!quiet) io.stderr.write("\nTakes no more runs; those in hand have ten seconds.\n");
    await worker.drain({ timeoutMs: DRAIN_MS });
    return 0;
  },
};

/** Agents that are graphs (the others work in one go), and all workflows together as one of them. */
function entriesOf(names: string | undefined): readonly AgentEntry[] {
  const workflows = workflowEntry();
  const named = (name: string) => (name === workflows.name ? workflows : findAgent(name));
  const wanted = names?.split(",").map((name) => named(name.trim())) ?? [...AGENTS, workflows];
  return wanted.filter(isGraph);
}

/** Tells what happens in many runs at once, each line with the end of its run's id. */
class WorkTeller {
  readonly #runs = new Map<string, StepLines>();
  readonly #io: Io;
  readonly #clock: StoreSession["clock"];
  readonly #json: boolean;
  readonly #quiet: boolean;

  constructor({ clock }: StoreSession, options: OptionValues, io: Io) {
    this.#io = io;
    this.#clock = clock;
    this.#json = flagOption(options, "json");
    this.#quiet = flagOption(options, "quiet");
  }

  onEvent(event: GraphEvent, { id, tenant, graph }: FlowClaim): void {
    if (this.#json) {
      if (event.type !== "state")
        this.#io.stdout.write(`${JSON.stringify({ tenant, agent: graph, ...event })}\n`);
      return;
    }
    const lines = this.#linesOf(id, tenant);
    if (event.path.length === 0 && event.type === "run-started")
      lines.line(`${isWorkflowRun(graph) ? "workflow" : graph} · run ${id}`);
    const told = isWorkflowRun(graph) ? toldOfWorkflow(event) : event;
    if (!this.#quiet && told) lines.graphEvent(told);
    if (event.path.length > 0 || (event.type !== "run-completed" && event.type !== "interrupted")) return;
    const waits = event.type === "interrupted" ? event.on.map(({ node }) => node).join(", ") : "";
    lines.line(waits === "" ? "completed" : `waits in ${waits}: salesagent runs show ${id}`);
    this.#runs.delete(`${tenant}\n${id}`);
  }

  #linesOf(id: string, tenant: string): StepLines {
    const key = `${tenant}\n${id}`;
    const known = this.#runs.get(key);
    if (known) return known;
    // Several runs share the terminal: what is being written right now would only flicker.
    const output = { write: (text: string) => this.#io.stdout.write(text) };
    const lines = new StepLines({ output, clock: this.#clock, prefix: `${id.slice(-SHOWN_CHARS)} ` });
    this.#runs.set(key, lines);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_TOLD && oldest !== undefined) this.#runs.delete(oldest);
    return lines;
  }
}

function untilInterrupted({ signal }: Io): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
