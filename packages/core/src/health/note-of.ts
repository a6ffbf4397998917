import { SalesAgentError } from "@salesagent/ports";

/** What went wrong with a dependency. Messages of other people's errors may hold an address or a password; ours don't. */
export function noteOf(error: unknown): string {
  if (SalesAgentError.is(error)) return `${error.code}: ${error.message}`;
  return `the check failed with ${error instanceof Error ? error.name : typeof error}`;
}
