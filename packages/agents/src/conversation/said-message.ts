import { type AssistantMessage, type Message, userMessage } from "@salesagent/ports";
import { CUT_OFF_NOTE } from "./conversation-prompts.js";

/** Under this name the SDK keeps its own marks beside those of vendors, who read only their own. */
const OWN = "salesagent";

/** What was said to the customer, as it stands in the thread. */
export function saidMessage(text: string, cutOff: boolean): AssistantMessage {
  const mark = cutOff ? { providerData: { [OWN]: { cutOff: true } } } : {};
  return { role: "assistant", parts: [{ type: "text", text, ...mark }] };
}

/** Whether a message of a thread is what an agent said until the customer cut in: they heard no more. */
export function wasCutOff({ role, parts }: Message): boolean {
  return (
    role === "assistant" &&
    parts.some((part) => "providerData" in part && part.providerData?.[OWN]?.["cutOff"] === true)
  );
}

/** Tells the model where it was cut off: text alone would look whole to it. */
export function withCutOffs(messages: readonly Message[]): readonly Message[] {
  return messages.flatMap((message) =>
    wasCutOff(message) ? [message, userMessage(CUT_OFF_NOTE, "developer")] : [message],
  );
}

/** The words of the last assistant's message. */
export function lastSaid(messages: readonly Message[]): string | undefined {
  const last = messages.findLast(({ role }) => role === "assistant");
  return last?.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
}
