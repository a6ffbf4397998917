import { type Message, userMessage } from "@salesagent/ports";
import { type ScriptedModel, scriptedModel } from "../../scripted-model/index.js";
import { textsOf } from "./conversation.js";

/**
 * A summariser that notes up to which message it was told, and whether one was missing.
 *
 * @param fails - Which calls fail. @param until - What an answer waits for.
 */
export function counting(fails = (_index: number) => false, until?: () => Promise<void>): ScriptedModel {
  return scriptedModel(({ messages }, index) => {
    if (fails(index)) return { error: new Error("down") };
    const [before, said] = messages.length > 2 ? textsOf(messages.slice(1)) : ["", textsOf(messages)[1]];
    const numbers = [...(said ?? "").matchAll(/#(\d+)#/g)].map(([, number]) => Number(number));
    let last = Number(/up to (-?\d+)/.exec(before ?? "")?.[1] ?? -1);
    for (const number of numbers) if (number === last + 1) last++;
    const isGapless = numbers.length === 0 || last === numbers.at(-1);
    return { text: isGapless ? `up to ${last}` : "GAP", ...(until && { until: until() }) };
  });
}

/** A transcript with each message's index in it. */
export function numbered(messages: readonly Message[], first: number): readonly Message[] {
  return messages.map((message, index): Message => {
    const mark = `#${first + index}#`;
    if (message.role === "user") return userMessage(`${mark} ${"word ".repeat(9)}`);
    if (message.role === "tool") {
      const parts = message.parts.map((part, at) => ({ ...part, output: at === 0 ? mark : "" }));
      return { role: "tool", parts };
    }
    if (message.role !== "assistant") return message;
    const calls = message.parts.filter((part) => part.type === "tool-call");
    return { ...message, parts: [{ type: "text", text: mark }, ...calls] };
  });
}
