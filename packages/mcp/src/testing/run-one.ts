import { EffectSlots, type Effects } from "@salesagent/core/effects";
import { type AnyTool, runTool, type ToolOutcome } from "@salesagent/core/tools";
import { type Clock, type JsonValue, systemClock } from "@salesagent/ports";

/** Runs one call as an agent does. */
export function runOne(
  tools: readonly AnyTool[],
  name: string,
  input: JsonValue,
  more: {
    readonly clock?: Clock;
    readonly effects?: Effects;
    readonly signal?: AbortSignal;
    readonly runId?: string;
  } = {},
): Promise<ToolOutcome> {
  const { clock = systemClock, effects, signal = new AbortController().signal, runId = "r1" } = more;
  const guard = effects && { effects, agent: "bdr", runId, slots: new EffectSlots("step") };
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return runTool(
    byName,
    { type: "tool-call", callId: "c1", name, input },
    { tenant: "acme", runId, signal, clock },
    guard,
  );
}
