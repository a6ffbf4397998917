import type { Command } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { openStore } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { findRun, theOperand } from "./find-run.js";
import { agentFacts, graphFacts } from "./run-facts.js";
import { agentInWords, graphInWords } from "./show-in-words.js";

const WIDTH_CHARS = 140;

/** `salesagent runs show ID`: all that is known of a run. */
export const showCommand: Command = {
  name: "runs show",
  summary: "shows a run: its state, steps, approvals, effects and cost, and what it waits for",
  operands: "RUN",
  options: { ...DURABLE_OPTIONS, json: { type: "boolean", help: "prints one JSON object" } },
  examples: [
    "salesagent runs show 01a1fdd1-6dcd-7d9f-9f97-f8bfd61a5f3c",
    "salesagent runs show f8bfd61a5f3c --json",
  ],
  async run(operands, options, io) {
    const id = theOperand(operands, "run");
    await using store = await openStore(readDurableChoice(options, io), io);
    const found = await findRun(store, id);
    const width = io.stdout.columns ?? WIDTH_CHARS;
    const json = flagOption(options, "json");
    if (found.kind === "agent") {
      const facts = await agentFacts(store, found.record);
      io.stdout.write(json ? `${JSON.stringify(facts)}\n` : agentInWords(facts, width));
    } else {
      const facts = await graphFacts(store, found.record, found.entry);
      io.stdout.write(
        json ? `${JSON.stringify(facts)}\n` : await graphInWords(store, facts, found.entry, width),
      );
    }
    return 0;
  },
};
