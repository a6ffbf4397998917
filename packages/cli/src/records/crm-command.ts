import type { Command } from "../command/command.js";
import { exportCommand } from "./export-command.js";
import { importCommand } from "./import-command.js";
import { listCommand } from "./list-command.js";
import { showCommand } from "./show-command.js";

/** `salesagent crm …`: the app's own contacts, companies and deals. */
export const crmCommand: Command = {
  ...listCommand,
  name: "crm",
  summary: "Lists, shows, imports and exports the app's contacts, companies and deals.",
  subcommands: [listCommand, showCommand, importCommand, exportCommand],
};
