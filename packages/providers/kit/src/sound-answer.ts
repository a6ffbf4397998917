import type { ModelEvent, Usage } from "@salesagent/ports";
import type { AnswerEnd } from "./answer-decoder.js";
import { WireFailure } from "./wire-failure.js";

/**
 * Refuses events that hold something else than text where text belongs. Decoders read JSON by the vendor's documents, and a
 * broken or hostile server may put a value of any type anywhere.
 *
 * @throws WireFailure
 */
export function refuseUnsound(events: readonly ModelEvent[]): void {
  for (const event of events) {
    if (isSound(event)) continue;
    throw new WireFailure({ kind: "malformed", vendorMessage: `a ${event.type} without text` });
  }
}

function isSound(event: ModelEvent): boolean {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
      return typeof event.text === "string";
    case "tool-call-delta":
      return typeof event.callId === "string" && typeof event.argumentsText === "string";
    case "tool-call-start":
    case "tool-call-end":
      return typeof event.callId === "string" && typeof event.name === "string";
    default:
      return true;
  }
}

/** The counts that are counts; one that can't be is as unknown as one that was not told. */
export function soundUsage(usage: Usage): Usage {
  const values = Object.values(usage) as unknown[];
  if (values.every((count) => count === undefined || isAmount(count))) return usage;
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => isAmount(count)));
}

/** The end of an answer without amounts that can't be. */
export function soundEnd(end: AnswerEnd): AnswerEnd {
  const { toldCostUsd, feesUsd, ...rest } = end;
  return {
    ...rest,
    usage: soundUsage(end.usage),
    ...(isAmount(toldCostUsd) ? { toldCostUsd } : {}),
    ...(isAmount(feesUsd) ? { feesUsd } : {}),
  };
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
