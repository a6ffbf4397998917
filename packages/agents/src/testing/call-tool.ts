import { manualClock } from "@salesagent/conformance";
import { type AnyTool, runTool, type ToolOutcome } from "@salesagent/core/tools";
import type { Clock, JsonObject } from "@salesagent/ports";

export interface CallToolOptions {
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What a tool that writes is known by in {@link callTool}. */
export const IDEMPOTENCY_KEY = "k".repeat(43);

/** Calls a tool as an agent does. Tools that write are called as by a ledger that has claimed the effect. */
export function callTool(
  tool: AnyTool,
  input: JsonObject,
  options: CallToolOptions = {},
): Promise<ToolOutcome> {
  const { signal = new AbortController().signal, clock = manualClock() } = options;
  const call = { type: "tool-call", callId: "call-1", name: tool.name, input } as const;
  return runTool(new Map([[tool.name, claimed(tool)]]), call, {
    tenant: "acme",
    runId: "run-1",
    signal,
    clock,
  });
}

function claimed(tool: AnyTool): AnyTool {
  if (tool.effect !== "write") return tool;
  return {
    ...tool,
    effect: "none",
    run: (given, context) => tool.run(given, Object.assign(context, { idempotencyKey: IDEMPOTENCY_KEY })),
  };
}
