import { userInfo } from "node:os";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";

export const BY_OPTION = {
  by: { type: "string", value: "WHO", help: "who decides, such as user:42 (cli:YOUR-ACCOUNT)" },
} as const satisfies Record<string, OptionSpec>;

const MAX_CHARS = 200;

/** Who decides: the account of this machine that runs the command, unless the host says better. @throws UsageError */
export function readPerson(options: OptionValues): string {
  const given = textOption(options, "by");
  if (given === undefined) return `cli:${accountName()}`;
  if (given.trim() === "" || given.length > MAX_CHARS || given.startsWith("agent:")) {
    throw new UsageError(`--by must name a person, such as user:42; got "${given.slice(0, MAX_CHARS)}".`);
  }
  return given;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`; // containers have accounts without a name
  }
}
