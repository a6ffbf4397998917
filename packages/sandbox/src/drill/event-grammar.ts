import type { DrillEvent } from "./drill-subject.js";

/**
 * What breaks the grammar of model events, `start body* ((restart | continue) body*)* finish`, in a stream that ended
 * without an error.
 */
export function grammarProblem(events: readonly DrillEvent[]): string | undefined {
  if (events[0]?.type !== "start") return `the events begin with ${events[0]?.type ?? "nothing"}`;
  if (events.at(-1)?.type !== "finish") return "the events end without a finish";
  let wrote = false;
  for (const { type } of events.slice(1, -1)) {
    if (type === "start" || type === "finish") return `a second ${type} comes in the middle`;
    if (type === "continue" && !wrote) return "a continue comes before any text";
    wrote = type !== "restart" && (wrote || type === "text-delta" || type === "reasoning-delta");
  }
  return undefined;
}
