import type { Command } from "../command/command.js";
import { approveCommand, refuseCommand } from "./decide-commands.js";
import { cancelCommand, resumeCommand, retryCommand } from "./go-on-commands.js";
import { listCommand } from "./list-command.js";
import { replyCommand } from "./reply-command.js";
import { showCommand } from "./show-command.js";
import { workCommand } from "./work-command.js";

/** `salesagent runs …`: runs that are kept in Postgres, whoever began them. */
export const runsCommand: Command = {
  ...listCommand,
  name: "runs",
  summary: "Lists, shows and answers runs that are kept in Postgres, and works on them.",
  subcommands: [
    listCommand,
    showCommand,
    approveCommand,
    refuseCommand,
    replyCommand,
    resumeCommand,
    retryCommand,
    cancelCommand,
    workCommand,
  ],
};
