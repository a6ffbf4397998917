import type { Command } from "../command/command.js";
import { checkCommand } from "./check-command.js";
import { logCommand } from "./log-command.js";
import { runCommand } from "./run-command.js";
import { schemaCommand } from "./schema-command.js";
import { showCommand } from "./show-command.js";
import { activateCommand, listCommand, saveCommand } from "./stored-commands.js";

/** `salesagent workflow …`: workflows that are data, in files and in a store. */
export const workflowCommand: Command = {
  ...checkCommand,
  name: "workflow",
  summary:
    "Checks, shows, stores and runs workflows that are data; `runs` answers, cancels and retries their runs.",
  subcommands: [
    checkCommand,
    showCommand,
    schemaCommand,
    runCommand,
    saveCommand,
    listCommand,
    activateCommand,
    logCommand,
  ],
};
