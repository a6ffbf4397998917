import type { Command } from "../command/command.js";
import { dropCommand, replayCommand } from "./end-commands.js";
import { listCommand } from "./list-command.js";
import { showCommand } from "./show-command.js";

/** `salesagent dlq …`: what syncs could not do. */
export const deadLettersCommand: Command = {
  ...listCommand,
  name: "dlq",
  summary: "Lists, shows, replays and drops what syncs could not do: their dead letters.",
  subcommands: [listCommand, showCommand, replayCommand, dropCommand],
};
