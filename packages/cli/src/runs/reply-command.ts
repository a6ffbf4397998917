import type { Command } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import { openStore } from "../session/open-session.js";
import { readDurableChoice, STORE_OPTIONS } from "../session/store-options.js";
import { findGraphRun } from "./find-run.js";
import { lookAtRun } from "./look-at-run.js";

/** `salesagent runs reply RUN ANSWER`: what the person outside answers whom a run waits for. */
export const replyCommand: Command = {
  name: "runs reply",
  summary: "gives a run the answer of whom it waits for, such as the lead's, and wakes it",
  operands: "RUN ANSWER",
  options: STORE_OPTIONS,
  examples: [
    "salesagent runs reply f8bfd61a5f3c 1",
    'salesagent runs reply f8bfd61a5f3c "no, we have just signed with somebody"',
    'salesagent runs reply f8bfd61a5f3c "Tuesday at nine suits me"',
  ],
  async run([id, ...words], options, io) {
    const answer = words.join(" ");
    if (id === undefined || answer === "") throw new UsageError("Use `salesagent runs reply RUN ANSWER`.");
    await using store = await openStore(readDurableChoice(options, io), io);
    const { record, entry } = await findGraphRun(store, id);
    const { state, on } = await lookAtRun(store, record, entry);
    for (const wait of on) {
      const question = entry?.question?.(wait, state);
      if (!question) continue;
      const payload = question.read(answer);
      await store.stores.flows.deliver(record.id, { name: wait.name, payload }, { signal: io.signal });
      io.stdout.write(
        `The answer is with the run ${record.id}. It goes on where somebody works: salesagent runs resume ${record.id}, or salesagent runs work.\n`,
      );
      return 0;
    }
    throw new UsageError(
      `The run ${record.id} (${record.status}) waits for nobody's reply. \`salesagent runs show ${record.id}\` tells what it waits for.`,
    );
  },
};
