import type { Origin, SystemMessage, UserMessage } from "./message.js";

/** A system message of one text, written by the host. */
export function systemMessage(text: string): SystemMessage {
  return { role: "system", parts: [{ type: "text", text, origin: "system" }] };
}

/** A user message of one text. Say `external` for text that came from outside, such as a lead's mail. */
export function userMessage(
  text: string,
  origin: Extract<Origin, "user" | "developer" | "external"> = "user",
): UserMessage {
  return { role: "user", parts: [{ type: "text", text, origin }] };
}
