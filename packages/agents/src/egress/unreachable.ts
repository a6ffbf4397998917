import { type Replay, SalesAgentError } from "@salesagent/ports";

/** The system's own code of a failed connection, such as `ECONNREFUSED`, looked for in the causes too. */
function systemCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    if ("code" in current && typeof current.code === "string") return current.code;
    current = current.cause;
  }
  return undefined;
}

/**
 * What a request that found no server, or lost it, becomes. An error of the family stays what it is.
 *
 * @param service - The host or the service that was called.
 */
export function unreachable(service: string, error: unknown, replay: Replay): Error {
  if (SalesAgentError.is(error)) return error;
  const code = systemCode(error);
  return new SalesAgentError("service.unavailable", {
    message: `${service} can't be reached, or broke off${code === undefined ? "" : ` (${code})`}. Check the address, or try again later.`,
    facts: { service, ...(code === undefined ? {} : { vendorCode: code }) },
    replay,
    cause: error,
  });
}
