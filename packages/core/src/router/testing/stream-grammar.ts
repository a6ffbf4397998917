import type { ModelEvent } from "@salesagent/ports";

/** What a reader has of an answer by the grammar of model events. @throws Error naming the rule that was broken. */
export function readByGrammar(events: readonly ModelEvent[]): {
  readonly text: string;
  readonly ended: boolean;
} {
  let text = "";
  let started = false;
  let ended = false;
  let openCalls = new Set<string>();
  for (const event of events) {
    if (ended) throw new Error(`${event.type} came after the finish`);
    if (started === (event.type === "start")) throw new Error(`${event.type} came out of place`);
    switch (event.type) {
      case "start":
        started = true;
        break;
      case "restart":
        text = "";
        openCalls = new Set();
        break;
      case "continue":
        if (openCalls.size > 0) throw new Error("a tool call was continued");
        break;
      case "text-delta":
        text += event.text;
        break;
      case "tool-call-start":
        if (openCalls.has(event.callId)) throw new Error("a tool call started twice");
        openCalls.add(event.callId);
        break;
      case "tool-call-end":
        if (!openCalls.delete(event.callId)) throw new Error("a tool call ended that was not open");
        break;
      case "finish":
        if (openCalls.size > 0) throw new Error("a tool call was open at the finish");
        ended = true;
        break;
      default:
        break;
    }
  }
  return { text, ended };
}
