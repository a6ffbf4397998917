import { SalesAgentError } from "@salesagent/ports";

/** How long an error's dependency asks to wait, in milliseconds, where its facts tell (`retryAfterMs`). */
export function retryAfterOf(error: unknown): number | undefined {
  if (!SalesAgentError.is(error) || !("retryAfterMs" in error.facts)) return undefined;
  const { retryAfterMs } = error.facts;
  return typeof retryAfterMs === "number" && retryAfterMs >= 0 ? retryAfterMs : undefined;
}
