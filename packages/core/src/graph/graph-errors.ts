import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import { describeIssues } from "../model/validate.js";

export function invalidGraph(graph: string, issues: readonly IssueFact[]): SalesAgentError<"graph.invalid"> {
  return new SalesAgentError("graph.invalid", {
    message: `The graph "${graph}" can't be run as it is defined: ${describeIssues(issues)}.`,
    facts: { graph, issues },
    replay: "safe",
  });
}

/** @param node - Who wrote it: a node's name, or `input`. */
export function invalidState(
  graph: string,
  node: string,
  issues: readonly IssueFact[],
): SalesAgentError<"graph.state_invalid"> {
  return new SalesAgentError("graph.state_invalid", {
    message: `What "${node}" gave does not fit the state of the graph "${graph}": ${describeIssues(issues)}. The state stays as it was.`,
    facts: { graph, node, issues },
    replay: "unsafe",
  });
}

export function conflictingWrites(
  graph: string,
  field: string,
  nodes: readonly string[],
): SalesAgentError<"graph.conflicting_writes"> {
  return new SalesAgentError("graph.conflicting_writes", {
    message: `In the graph "${graph}", ${nodes.join(" and ")} wrote "${field}" side by side. Give the field a reduce, or let one node write it.`,
    facts: { graph, field, nodes },
    replay: "unsafe",
  });
}

export function recursionLimit(graph: string, limit: number): SalesAgentError<"graph.recursion_limit"> {
  return new SalesAgentError("graph.recursion_limit", {
    message: `The graph "${graph}" took ${limit} supersteps without reaching its end. Check the condition of its loop, or raise recursionLimit.`,
    facts: { graph, limit },
    replay: "safe",
  });
}

export function nodeTimedOut(
  graph: string,
  node: string,
  limitMs: number,
  replay: "safe" | "unsafe",
): SalesAgentError<"graph.node_timed_out"> {
  return new SalesAgentError("graph.node_timed_out", {
    message: `The node "${node}" of the graph "${graph}" did not end within ${limitMs} ms. Raise its timeoutMs, or find out what it waits for.`,
    facts: { graph, node, limitMs },
    replay,
  });
}

export function stepConflict(
  graph: string,
  node: string,
  step: string,
): SalesAgentError<"graph.step_conflict"> {
  return new SalesAgentError("graph.step_conflict", {
    message: `The node "${node}" of the graph "${graph}" named the step "${step}" twice. Give each step a name of its own, such as "${step}-2".`,
    facts: { graph, node, step },
    replay: "unsafe",
  });
}

export function damagedStep(
  graph: string,
  node: string,
  key: string,
): SalesAgentError<"graph.step_conflict"> {
  return new SalesAgentError("graph.step_conflict", {
    message: `What the node "${node}" of the graph "${graph}" came to is on record under "${key}", but not in the form in which the engine keeps it. Something else has written there; fork the run from an earlier superstep.`,
    facts: { graph, node, step: key },
    replay: "unsafe",
  });
}

/** Errors of the graph itself say all there is to say; others become `graph.node_failed`. */
export function nodeFailed(graph: string, node: string, attempts: number, cause: unknown): SalesAgentError {
  if (SalesAgentError.is(cause) && cause.code.startsWith("graph.")) return cause;
  return new SalesAgentError("graph.node_failed", {
    message: `The node "${node}" of the graph "${graph}" failed after ${attempts} ${attempts === 1 ? "try" : "tries"}${told(cause)}.`,
    facts: { graph, node, attempts },
    replay: SalesAgentError.is(cause) ? cause.replay : "unsafe",
    cause,
  });
}

/** A foreign error's text may hold a prospect's data, so only the family's is repeated; the other is the cause. */
const told = (cause: unknown): string =>
  SalesAgentError.is(cause) ? `: ${cause.message}` : "; its cause has more";

export function joinStalled(
  graph: string,
  node: string,
  missing: readonly string[],
): SalesAgentError<"graph.join_stalled"> {
  return new SalesAgentError("graph.join_stalled", {
    message: `The run of the graph "${graph}" came to an end while "${node}" still waits for ${missing.join(" and ")}. Let every branch reach the join, or use separate edges.`,
    facts: { graph, node, missing },
    replay: "unsafe",
  });
}

/** @param known - Versions that can be gone on with here. */
export function versionUnknown(
  graph: string,
  version: string,
  known: readonly string[],
): SalesAgentError<"graph.version_unknown"> {
  const here = known.map((it) => `"${it}"`).join(", ");
  return new SalesAgentError("graph.version_unknown", {
    message: `A run of the graph "${graph}" is pinned to version "${version}", and here are only ${here}. Declare a migration from it, or let a worker that has it go on.`,
    facts: { graph, version },
    replay: "safe",
  });
}

/** @param cause - What the migration itself threw. */
export function migrationRefused(
  graph: string,
  from: string,
  to: string,
  issues: readonly IssueFact[],
  cause?: unknown,
): SalesAgentError<"graph.migration_refused"> {
  return new SalesAgentError("graph.migration_refused", {
    message: `A run of the graph "${graph}" can't go from version "${from}" to "${to}" as it stands: ${describeIssues(issues)}. Correct the migration, or let a worker that has version "${from}" go on. The run stays as it was.`,
    facts: { graph, from, to, issues },
    replay: "safe",
    cause,
  });
}

export function stopped(
  runId: string,
  stop: { readonly by: string; readonly reason: string },
): SalesAgentError<"graph.stopped"> {
  return new SalesAgentError("graph.stopped", {
    message: `The run ${runId} was stopped by ${stop.by}: ${stop.reason}.`,
    facts: { runId, by: stop.by, reason: stop.reason },
    replay: "safe",
  });
}

export function wrongState(
  runId: string,
  status: string,
  wanted: string,
): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `The run ${runId} is ${status}: ${wanted}.`,
    facts: { runId, status },
    replay: "safe",
  });
}
