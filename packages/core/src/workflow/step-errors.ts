import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import { WaitSignal } from "../graph/wait-signal.js";
import { describeIssues } from "../model/validate.js";
import { isTransient } from "../resilience/retry.js";
import type { ToolOutcome } from "../tools/tool.js";

/** What a node of a workflow failed with, for those after it. A type and not an interface, so that it is a `JsonObject`. */
export type StepError = { readonly code: string; readonly message: string };

export function missingInput(
  graph: string,
  node: string,
  issues: readonly IssueFact[],
): SalesAgentError<"graph.state_invalid"> {
  return new SalesAgentError("graph.state_invalid", {
    message: `The node "${node}" of the workflow "${graph}" lacks something to begin with: ${describeIssues(issues)}. Give the source a default, or see to it that an earlier node gives it.`,
    facts: { graph, node, issues },
    replay: "safe",
  });
}

/** Codes of a tool's failures that another try does not mend. */
const LASTING: ReadonlySet<string> = new Set([
  ...["tool.unknown", "tool.input_invalid", "tool.output_invalid", "tool.output_too_large"],
  ...["tool.effect_unguarded", "effect.refused", "effect.unknown", "effect.in_progress"],
  ...["approval.required", "approval.invalid"],
]);

/** A tool's outcome as an error, with the code that the outcome told. */
export class FailedCall {
  readonly error: SalesAgentError<"tool.failed">;
  readonly code: string;

  constructor(tool: string, callId: string, { output, errorCode = "tool.failed" }: ToolOutcome) {
    this.code = errorCode;
    this.error = new SalesAgentError("tool.failed", {
      message: String(output).replace(`Error (${errorCode}): `, ""),
      facts: { tool, callId },
      // The ledger tells a failure as an outcome only where it is sure that nothing happened.
      replay: LASTING.has(errorCode) ? "unsafe" : "safe",
    });
  }
}

/** Whoever gives a node tries says that it may be run again; what time does not mend stays what it is. */
export function isMendable(error: unknown): boolean {
  if (error instanceof WaitSignal) return false;
  if (error instanceof FailedCall) return !LASTING.has(error.code);
  if (SalesAgentError.is(error)) return error.code === "graph.node_timed_out" || isTransient(error);
  return !(error instanceof RangeError || error instanceof ReferenceError || error instanceof SyntaxError);
}

/** What of an error may stand in a state: the text of a foreign one may hold a prospect's data. */
export function toStepError(error: unknown): StepError {
  if (error instanceof FailedCall) return { code: error.code, message: error.error.message };
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  return { code: "internal", message: "The node failed with an error that is not of this SDK." };
}
