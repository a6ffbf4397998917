import type { Message, ModelRequest, OutputSpec, SystemMessage } from "@salesagent/ports";

/**
 * Puts the wanted schema into the system prompt, for models whose vendor does not hold the answer to one. It goes behind
 * the host's own words, so that the prefix of the prompt stays the same from call to call.
 */
export function withSchemaPrompt(request: ModelRequest, output: OutputSpec): ModelRequest {
  const part = { type: "text", text: schemaPrompt(output), origin: "system" } as const;
  const at = request.messages.findIndex((message) => message.role === "system");
  const system = request.messages[at];
  const messages: Message[] = [...request.messages];
  const changed: SystemMessage = {
    role: "system",
    parts: system?.role === "system" ? [...system.parts, part] : [part],
  };
  messages.splice(Math.max(0, at), at === -1 ? 0 : 1, changed);
  return { ...request, messages };
}

function schemaPrompt({ name, schema }: OutputSpec): string {
  return `Answer with one json document, "${name}", that matches this JSON Schema, and with nothing else: no prose, no code fence.\n${JSON.stringify(schema)}`;
}
