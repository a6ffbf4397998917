/** A command line that can't be run as it is. Exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
