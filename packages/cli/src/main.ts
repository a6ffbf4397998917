import { SalesAgentError } from "@salesagent/ports";
import { type Command, helpOf, readArguments } from "./command/command.js";
import { didYouMean } from "./command/did-you-mean.js";
import { UsageError } from "./command/usage-error.js";
import { conflictsCommand } from "./conflicts/conflicts-command.js";
import { deadLettersCommand } from "./dead-letters/dead-letters-command.js";
import { doctorCommand } from "./doctor/doctor-command.js";
import { drillCommand } from "./drill/drill-command.js";
import type { Io } from "./io.js";
import { mcpCommand } from "./mcp/mcp-command.js";
import { modelsCommand } from "./models/models-command.js";
import { qualifyCommand } from "./qualify/qualify-command.js";
import { crmCommand } from "./records/crm-command.js";
import { routeCommand } from "./route/route-command.js";
import { runCommand } from "./run/run-command.js";
import { runsCommand } from "./runs/runs-command.js";
import { sandboxCommand } from "./sandbox/sandbox-command.js";
import { syncCommand } from "./sync/sync-command.js";
import { cliVersion } from "./version.js";
import { workflowCommand } from "./workflow/workflow-command.js";

const COMMANDS: readonly Command[] = [
  qualifyCommand,
  runCommand,
  runsCommand,
  workflowCommand,
  syncCommand,
  conflictsCommand,
  deadLettersCommand,
  crmCommand,
  routeCommand,
  modelsCommand,
  mcpCommand,
  sandboxCommand,
  drillCommand,
  doctorCommand,
];

/** What a shell expects of a program that was interrupted. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs one command line.
 *
 * @param args - Without the program's own name.
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-v") {
    io.stdout.write(`${cliVersion()}\n`);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.stdout.write(overview());
    return 0;
  }
  try {
    const { command, args: own } = findCommand(name, rest);
    const { operands, options } = readArguments(command, own);
    if (options["help"] === true) {
      io.stdout.write(helpOf(command));
      return 0;
    }
    return await command.run(operands, options, io);
  } catch (error) {
    if (io.signal.aborted) {
      io.stderr.write("\nInterrupted. What was stored stays; run the same command again to go on.\n");
      return EXIT_INTERRUPTED;
    }
    io.stderr.write(`salesagent: ${describe(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** The command that is meant, and what is left of the words. @throws UsageError when there is none. */
function findCommand(
  name: string,
  rest: readonly string[],
): { readonly command: Command; readonly args: readonly string[] } {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const near =
      didYouMean(
        name,
        COMMANDS.map((candidate) => candidate.name),
      ) || ".";
    throw new UsageError(`There is no command "${name}"${near} See \`salesagent --help\`.`);
  }
  const { subcommands, beside = [] } = command;
  const [word, ...args] = rest;
  const lastWord = (candidate: Command) => candidate.name.split(" ").at(-1) ?? "";
  const other = beside.find((candidate) => lastWord(candidate) === word);
  if (other) return { command: other, args };
  if (!subcommands || word === "--help" || word === "-h") return { command, args: rest };
  const [first] = subcommands;
  if (first && (word === undefined || word.startsWith("-"))) return { command: first, args: rest };
  const below = subcommands.map((candidate) => ({ candidate, word: lastWord(candidate) }));
  const found = below.find((candidate) => candidate.word === word);
  if (found) return { command: found.candidate, args };
  const near =
    didYouMean(
      word ?? "",
      below.map((candidate) => candidate.word),
    ) || ".";
  throw new UsageError(`There is no command "${name} ${word}"${near} See \`salesagent ${name} --help\`.`);
}

function overview(): string {
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return `Usage: salesagent COMMAND [options]\n\n${rows.join("\n")}\n\nSee \`salesagent COMMAND --help\`, \`salesagent --version\`.\n`;
}

function describe(error: unknown): string {
  if (SalesAgentError.is(error)) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
