import type { ReasoningEffort } from "@salesagent/ports";
import type { Warn } from "./chat-dialect.js";

const ORDER: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "max"];

/** The nearest of a vendor's steps, the harder of two equally near; warns when it is not the one asked for. */
export function nearestEffort(
  effort: ReasoningEffort,
  steps: readonly ReasoningEffort[],
  warn: Warn,
): ReasoningEffort {
  const wanted = ORDER.indexOf(effort);
  const distance = (step: ReasoningEffort) => Math.abs(ORDER.indexOf(step) - wanted);
  let nearest = effort;
  let least = Number.POSITIVE_INFINITY;
  for (const step of ORDER) {
    // "none" is a switch, not a small effort: nothing rounds to it.
    if (!steps.includes(step) || (step === "none" && effort !== "none")) continue;
    if (distance(step) <= least) {
      nearest = step;
      least = distance(step);
    }
  }
  if (nearest !== effort) {
    warn({ field: "reasoning.effort", message: `"${effort}" is not offered here; "${nearest}" was sent.` });
  }
  return nearest;
}
