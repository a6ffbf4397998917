import { z } from "zod";
import { type ScriptedReply, scriptedModel } from "../../scripted-model/scripted-model.js";
import { defineTool } from "../../tools/define-tool.js";
import type { AgentOptions } from "../base-agent.js";
import { defineAgent } from "../define-agent.js";

export const tenant = "acme";

export const lookup = defineTool({
  name: "lookup",
  description: "Looks a company up.",
  input: z.object({}),
  effect: "read",
  run: () => ({ employees: 40 }),
});

/** Two tools side by side, an answer of the wrong shape, its repair. */
export const SCRIPT: readonly ScriptedReply[] = [
  { reasoning: "Look first.", toolCalls: [{ name: "lookup" }, { name: "lookup" }] },
  { text: '{"n":"one"}' },
  { text: ['{"n"', ":1}"] },
];

export function counter(options: AgentOptions = {}, script: readonly ScriptedReply[] = SCRIPT) {
  return defineAgent({
    name: "counter",
    instructions: "Count.",
    tools: [lookup],
    output: z.object({ n: z.number() }),
    ...options,
    model: scriptedModel(script),
  });
}

export function failing(): never {
  throw new Error("the host's own");
}
