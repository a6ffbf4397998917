import type { Input, Io } from "../io.js";
import { main } from "../main.js";

/** What a command line came to. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command line is given beside its words. */
export interface CommandSetting extends Partial<Pick<Io, "env" | "signal" | "fetch" | "stdin">> {
  /** Both outputs are a terminal. @defaultValue false */
  readonly terminal?: boolean;
  /** Told each piece that is written to either output. */
  readonly onWrite?: (text: string) => void;
}

/** Runs a command line in this process, without any variable of the environment that is not given. */
export async function commandLine(
  args: readonly string[],
  { env = {}, signal = new AbortController().signal, fetch, stdin, ...rest }: CommandSetting = {},
): Promise<CommandOutcome> {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written) => ({
    isTTY: rest.terminal ?? false,
    write: (text: string) => {
      written[name] += text;
      rest.onWrite?.(text);
    },
  });
  const io = { stdin, stdout: output("stdout"), stderr: output("stderr"), env, signal, fetch };
  return { exitCode: await main(args, io), ...written };
}

/** The lines of a command that speaks JSON. */
export function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Somebody at a terminal who types these lines, each when it is asked for. */
export function typing(...lines: readonly string[]): Input {
  return {
    isTTY: true,
    async *[Symbol.asyncIterator]() {
      for (const line of lines) yield `${line}\n`;
    },
  };
}
