import { SalesAgentError, type StoredError } from "@salesagent/ports";

export function unknownAgent(
  agent: string,
  known: readonly string[],
): SalesAgentError<"handoff.unknown_agent"> {
  return new SalesAgentError("handoff.unknown_agent", {
    message: `There is no agent "${agent}" to hand work to. The agents are: ${known.join(", ") || "none"}.`,
    facts: { agent, known },
    replay: "safe",
  });
}

export function tooDeep(
  agent: string,
  path: readonly string[],
  limit: number,
): SalesAgentError<"handoff.too_deep"> {
  const before = path.filter((name) => name === agent).length;
  const circle = before > 0 ? ` "${agent}" had it ${before} times before: look for a circle.` : "";
  return new SalesAgentError("handoff.too_deep", {
    message: `The work went through ${path.join(" → ")} and is handed on to "${agent}": more than ${limit} handoffs.${circle}`,
    facts: { agent, path, limit },
    replay: "safe",
  });
}

export function handoffFailed(
  { agent, runId }: { readonly agent: string; readonly runId: string },
  { code, message }: StoredError,
): SalesAgentError<"handoff.failed"> {
  return new SalesAgentError("handoff.failed", {
    message: `The work that was handed to "${agent}" failed (${code}): ${message}`,
    facts: { agent, runId, errorCode: code },
    replay: "unsafe",
  });
}

export function noHandoff(runId: string): SalesAgentError<"store.not_found"> {
  return new SalesAgentError("store.not_found", {
    message: `This tenant has no handoff ${runId}.`,
    facts: { store: "runs", id: runId },
    replay: "safe",
  });
}
