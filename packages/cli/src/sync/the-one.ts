import { UsageError } from "../command/usage-error.js";

/** The one word that a command is given. @throws UsageError telling which command lists them. */
export function theOne(operands: readonly string[], what: string, lister: string): string {
  const [id, ...more] = operands;
  if (id === undefined) throw new UsageError(`Which ${what}? Give its id; \`${lister}\` shows them.`);
  if (more.length > 0) throw new UsageError(`One ${what} at a time; got ${operands.length}.`);
  return id;
}
