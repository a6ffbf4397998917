import type { Command } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { openStore } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { worldOf } from "../world/own-versions.js";
import { findGraphRun } from "./find-run.js";
import { lookAtRun, withIdleAgent } from "./look-at-run.js";

/** `salesagent runs reply RUN ANSWER`: what the person outside answers whom a run waits for. */
export const replyCommand: Command = {
  name: "runs reply",
  summary: "gives a run the words that it waits for, such as a lead's or a colleague's, and wakes it",
  operands: "RUN ANSWER",
  options: { ...BY_OPTION, ...DURABLE_OPTIONS },
  examples: [
    "salesagent runs reply f8bfd61a5f3c 1",
    'salesagent runs reply f8bfd61a5f3c "no, we have just signed with somebody"',
    'salesagent runs reply f8bfd61a5f3c "Tuesday at nine suits me"',
  ],
  async run([id, ...words], options, io) {
    const line = words.join(" ").trim();
    if (id === undefined || line === "") throw new UsageError("Use `salesagent runs reply RUN ANSWER`.");
    const by = readPerson(options);
    await using store = await openStore(readDurableChoice(options, io), io);
    const { record, entry } = await findGraphRun(store, id);
    const runId = record.id;
    const { state, on } = await lookAtRun(store, record, entry);
    for (const wait of on) {
      const question = entry?.question?.(wait, state);
      if (!entry || !question) continue;
      const answer = { runId, wait, line, by, tenant: store.tenant, signal: io.signal };
      await withIdleAgent(store, entry, worldOf(record), (agent) => question.give(agent, answer));
      io.stdout.write(
        `The answer is with the run ${runId}. It goes on where somebody works: salesagent runs resume ${runId}, or salesagent runs work.\n`,
      );
      return 0;
    }
    throw new UsageError(
      `The run ${record.id} (${record.status}) waits for nobody's reply. \`salesagent runs show ${record.id}\` tells what it waits for.`,
    );
  },
};
