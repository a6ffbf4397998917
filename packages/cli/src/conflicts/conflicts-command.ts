import type { Command } from "../command/command.js";
import { listCommand } from "./list-command.js";
import { resolveCommand } from "./resolve-command.js";
import { showCommand } from "./show-command.js";

/** `salesagent conflicts …`: what the app and a CRM changed, each to something else. */
export const conflictsCommand: Command = {
  ...listCommand,
  name: "conflicts",
  summary: "Lists, shows and resolves what the app and a CRM both changed.",
  subcommands: [listCommand, showCommand, resolveCommand],
};
