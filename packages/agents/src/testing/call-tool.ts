import { manualClock } from "@salesagent/conformance";
import { type AnyTool, runTool, type ToolOutcome } from "@salesagent/core/tools";
import type { Clock, JsonObject } from "@salesagent/ports";

export interface CallToolOptions {
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Calls a tool as an agent does. Tools that write are called as if nothing guarded them. */
export function callTool(
  tool: AnyTool,
  input: JsonObject,
  options: CallToolOptions = {},
): Promise<ToolOutcome> {
  const { signal = new AbortController().signal, clock = manualClock() } = options;
  const call = { type: "tool-call", callId: "call-1", name: tool.name, input } as const;
  const unguarded: AnyTool = { ...tool, effect: tool.effect === "write" ? "none" : tool.effect };
  return runTool(new Map([[tool.name, unguarded]]), call, { tenant: "acme", runId: "run-1", signal, clock });
}
