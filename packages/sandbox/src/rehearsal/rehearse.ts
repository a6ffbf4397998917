import type { AskedTool } from "../ask.js";
import type { Reply } from "../reply.js";
import type { SandboxRequest } from "../sandbox-request.js";
import { schemaInstance } from "./schema-instance.js";

/**
 * The script when none is given: a deterministic stand-in, good enough to rehearse with. It says in its text that it is
 * simulated, answers with JSON that matches the schema when one is asked for, and calls a tool when it must, or when the
 * prompt names one. After a tool's result it answers in words.
 */
export function rehearse({ ask }: Pick<SandboxRequest, "ask">): Reply {
  const reasoning = "This is a simulated answer. No model thinks here, so nothing is weighed.";
  const tool = toolToCall(ask);
  if (tool !== undefined) {
    const input = schemaInstance(tool.schema, `${ask.prompt}/${tool.name}`);
    return { reasoning, toolCalls: [{ name: tool.name, arguments: input }] };
  }
  if (ask.json) {
    const instance =
      ask.outputSchema === undefined ? { simulated: true } : schemaInstance(ask.outputSchema, ask.prompt);
    return { reasoning, text: JSON.stringify(instance) };
  }
  const about = ask.prompt.replace(/\s+/g, " ").trim().slice(0, 60);
  const said = about === "" ? "an empty prompt" : `“${about}”`;
  return {
    reasoning,
    text: `[simulated] This text comes from a sandbox, not from a model. It answers ${said}.`,
  };
}

/** The tool that the request forces, or that its prompt names; none after a tool's result. */
function toolToCall(ask: SandboxRequest["ask"]): AskedTool | undefined {
  const { toolChoice, tools, lastRole, prompt } = ask;
  if (toolChoice === "none" || lastRole === "tool") return undefined;
  if (typeof toolChoice === "object") return tools.find(({ name }) => name === toolChoice.name);
  const named = tools.find(({ name }) => name !== "" && prompt.includes(name));
  return named ?? (toolChoice === "required" ? tools[0] : undefined);
}
