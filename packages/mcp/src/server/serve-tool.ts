import { EffectSlots, type Effects } from "@salesagent/core/effects";
import { type AnyTool, runTool } from "@salesagent/core/tools";
import type { Clock, JsonObject } from "@salesagent/ports";
import type { McpPrincipal, ServedCall, ServedOutcome, ServedTool } from "./served-tool.js";

/** What tools are run with. */
export interface ToolMeans {
  readonly effects: Effects | undefined;
  readonly clock: Clock;
  readonly createId: () => string;
}

/** A tool of ours that clients can call; each call is a work of its own, which goes on under the same run id. */
export interface ServedOwnTool extends ServedTool {
  /** Goes on with a call that waited for a person. */
  goOn(call: ServedCall, runId: string): Promise<ServedOutcome>;
}

/** Who is on record for what a client's calls do. */
export const actorOf = ({ id }: McpPrincipal): string => `mcp:${id}`;

/** Serves a tool: its input is checked, its limits hold, and what writes goes through the ledger. */
export function serveTool(tool: AnyTool, means: ToolMeans): ServedOwnTool {
  const tools = new Map([[tool.name, tool]]);
  const run = async ({ principal, input, signal }: ServedCall, runId: string): Promise<ServedOutcome> => {
    const { tenant } = principal;
    const { clock, effects } = means;
    const guard = effects && { effects, agent: actorOf(principal), runId, slots: new EffectSlots("mcp") };
    const call = { type: "tool-call", callId: runId, name: tool.name, input } as const;
    const { output, failed, errorCode } = await runTool(tools, call, { tenant, runId, signal, clock }, guard);
    return { output, failed, code: errorCode };
  };
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: asObject(tool.inputSchema),
    writes: tool.effect === "write",
    external: tool.origin === "external",
    call: (call) => run(call, means.createId()),
    goOn: run,
  };
}

/** The protocol takes only objects as inputs; a schema of a choice is one without saying so. */
function asObject(schema: JsonObject): JsonObject {
  return schema["type"] === "object" ? schema : { type: "object", ...schema };
}
