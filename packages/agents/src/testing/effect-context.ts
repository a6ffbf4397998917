import type { Gate, GateAnswer } from "@salesagent/core/effects";
import type { AnyTool } from "@salesagent/core/tools";

export type { ActContext } from "@salesagent/core/effects";

/** What a gate of a tool says of a target. */
export async function checkedGate(
  tool: AnyTool,
  name: string,
  target: string,
): Promise<GateAnswer | undefined> {
  const gate: Gate | undefined = tool.rules?.gates?.find((candidate) => candidate.name === name);
  const question = {
    target,
    tenant: "acme",
    runId: "run-1",
    effect: tool.name,
    key: "key",
    input: {},
    agent: "test",
  };
  return gate?.check({ ...question, approved: false, nowMs: 0 }, {} as never, {});
}
