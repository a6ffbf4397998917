import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Io } from "../io.js";
import { didYouMean } from "./did-you-mean.js";
import { UsageError } from "./usage-error.js";

/** One option of a command. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** What stands for the value in the help, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
  readonly multiple?: boolean;
}

/** What was given for the options. */
export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

/** A command of the CLI. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What stands after the options, such as `FILE`. */
  readonly operands: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** What stands below the examples, such as exit codes of its own. */
  readonly note?: string;
  /** Commands below this one, such as `list` of `runs`; the first is meant where none is named. */
  readonly subcommands?: readonly Command[];
  /** Commands beside this one, such as `status` of `sync`, which itself takes any other word. */
  readonly beside?: readonly Command[];
  /** @returns The exit code. */
  run(operands: readonly string[], options: OptionValues, io: Io): Promise<number>;
}

/** Reads a command's arguments. @throws UsageError naming the option that is wrong. */
export function readArguments(
  command: Command,
  args: readonly string[],
): { readonly operands: readonly string[]; readonly options: OptionValues } {
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, { type, multiple = false }] of Object.entries(command.options))
    options[name] = { type, multiple };
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { operands: parsed.positionals, options: parsed.values as OptionValues };
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(". ");
    const [, unknown = ""] = /^Unknown option '(--[^']+)'/.exec(sentence ?? "") ?? [];
    const names = Object.keys(options).map((name) => `--${name}`);
    const meant = didYouMean(unknown, names) || ".";
    throw new UsageError(`${sentence}${meant} See \`salesagent ${command.name} --help\`.`);
  }
}

/** A line for each command. */
function listOf(commands: readonly Command[] = []): readonly string[] {
  const width = Math.max(14, ...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)} ${summary}`);
}

/** The help text of a command. */
export function helpOf(command: Command): string {
  const below = listOf(command.subcommands);
  const beside = listOf(command.beside);
  if (below.length > 0) {
    const more = `See \`salesagent ${command.name} COMMAND --help\`.`;
    return [
      `Usage: salesagent ${command.name} COMMAND [options]`,
      "",
      command.summary,
      "",
      ...below,
      "",
      more,
      "",
    ].join("\n");
  }
  const rows = Object.entries(command.options).map(([name, spec]) => {
    const left = `  --${name}${spec.value ? ` ${spec.value}` : ""}`;
    return `${left.padEnd(30)} ${spec.help}`;
  });
  return [
    `Usage: salesagent ${command.name} ${command.operands} [options]`.replace("  ", " "),
    "",
    command.summary,
    "",
    "Options:",
    ...rows,
    `${"  --help, -h".padEnd(30)} shows this`,
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
    ...(command.note === undefined ? [] : ["", command.note]),
    ...(beside.length === 0 ? [] : ["", "Beside it:", ...beside]),
    "",
  ].join("\n");
}
