import { type Message, userMessage } from "@salesagent/ports";

/** What the agent says. */
export function answer(text: string): Message {
  return { role: "assistant", parts: [{ type: "text", text }] };
}

/** Turns of about 60 tokens each, numbered: `turn 7: …`, and its answer. */
export function talk(count: number, from = 0): readonly Message[] {
  return Array.from({ length: count }, (_, index) => [
    userMessage(`turn ${from + index}: ${"word ".repeat(16)}`),
    answer(`answer ${from + index}: ${"word ".repeat(16)}`),
  ]).flat();
}

/** The texts of messages, one each. */
export function textsOf(messages: readonly Message[]): readonly string[] {
  return messages.map(({ parts }) => parts.map((part) => ("text" in part ? part.text : part.type)).join());
}
