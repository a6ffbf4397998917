import type { ModelWarning, ReasoningEffort } from "@salesagent/ports";

/** Where warnings go while a request is mapped. */
export type Warn = (warning: ModelWarning) => void;

const ORDER: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "max"];

/** The nearest of a vendor's steps, the harder of two equally near; warns when it is not the one asked for. */
export function nearestEffort<S extends ReasoningEffort>(
  effort: ReasoningEffort,
  steps: readonly S[],
  warn: Warn,
): S {
  const wanted = ORDER.indexOf(effort);
  // "none" is a switch, not a small effort: nothing rounds to it.
  const open = steps.filter((step) => step !== "none" || effort === "none");
  const byNearness = open.sort((a, b) => {
    const nearer = Math.abs(ORDER.indexOf(a) - wanted) - Math.abs(ORDER.indexOf(b) - wanted);
    return nearer === 0 ? ORDER.indexOf(b) - ORDER.indexOf(a) : nearer;
  });
  const nearest = byNearness[0];
  if (nearest === undefined) throw new RangeError("steps must name an effort besides none");
  if (nearest !== effort) {
    warn({ field: "reasoning.effort", message: `"${effort}" is not offered here; "${nearest}" was sent.` });
  }
  return nearest;
}
