import { SalesAgentError } from "@salesagent/ports";

/**
 * The error of a source that is not what it claims to be.
 *
 * @param row - Number of the row in the file, the first being 1.
 */
export function unreadable(
  source: string,
  message: string,
  options: { readonly row?: number; readonly cause?: unknown } = {},
): SalesAgentError<"intake.unreadable"> {
  return new SalesAgentError("intake.unreadable", {
    message: `${source}: ${message}`,
    facts: { source, ...(options.row === undefined ? {} : { row: options.row }) },
    replay: "safe",
    cause: options.cause,
  });
}
