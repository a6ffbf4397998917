import { crmCredential } from "../choice/crms.js";
import type { Command } from "../command/command.js";
import { allowRemovalsCommand } from "./allow-removals-command.js";
import { entriesCommand } from "./entries-command.js";
import { historyCommand } from "./history-command.js";
import { openSync } from "./open-sync.js";
import { printPlan } from "./print-plan.js";
import { runSync } from "./run-sync.js";
import { statusCommand } from "./status-command.js";
import { readSyncChoice, SYNC_NOTE, SYNC_OPTIONS } from "./sync-options.js";

/** `salesagent sync CRM`: brings the app and a CRM in step, or tells what that would write. */
export const syncCommand: Command = {
  name: "sync",
  summary: "Keeps contacts, companies and deals in step with a CRM: close, hubspot, apollo or linkedin.",
  operands: "CRM",
  options: SYNC_OPTIONS,
  examples: [
    "salesagent sync close --plan --store pg",
    "salesagent sync close --store pg",
    "salesagent sync hubspot --kinds contact,company --direction to-app --store pg --json",
  ],
  note: SYNC_NOTE,
  beside: [statusCommand, historyCommand, entriesCommand, allowRemovalsCommand],
  async run(operands, options, io) {
    const choice = readSyncChoice(operands, options, io);
    const { crm, store, url, run } = choice;
    crmCredential(crm, io);
    if (store.store === "memory" && !choice.plan) {
      io.stderr.write(
        "Note: with --store memory nothing is kept once this command ends; --store pg keeps it.\n",
      );
    }
    const writes = run.direction !== "to-app";
    await using session = await openSync(store, io, { crm, baseUrl: url, writes });
    return await (choice.plan ? printPlan(choice, session, io) : runSync(choice, session, io));
  },
};
