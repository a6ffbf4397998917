import type { Message, ModelRequest, ModelResult } from "@salesagent/ports";
import { jsonInText } from "../model/json-in-text.js";

/** Whether a request may lead to a tool being run, or tells of one that was. */
export function touchesTools({ tools, messages }: ModelRequest): boolean {
  return (tools !== undefined && tools.length > 0) || messages.some(tellsOfTools);
}

function tellsOfTools({ role, parts }: Message): boolean {
  return role === "tool" || parts.some(({ type }) => type === "tool-call");
}

/**
 * Whether an answer is good enough to be given again: whole, of its own accord at its end, not empty, JSON where JSON was asked
 * for, and not itself out of a cache, where it would begin a second life.
 */
export function isWorthKeeping(request: ModelRequest, result: ModelResult, cacheTools: boolean): boolean {
  if (result.cache) return false;
  if (result.toolCalls.length > 0) return cacheTools && result.finishReason === "tool-calls";
  if (result.finishReason !== "stop" || result.text === "") return false;
  return request.output === undefined || jsonInText(result.text) !== undefined;
}
