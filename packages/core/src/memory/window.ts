import type { Message } from "@salesagent/ports";
import { transcriptIssues } from "../model/transcript.js";

/** What a window must fit in. */
export interface WindowLimits {
  readonly maxTokens: number;
  readonly maxMessages: number;
  readonly countTokens: (message: Message) => number;
  /**
   * The first of the messages is the thread's first: a window may begin at it even where the agent spoke first, as in a call that
   * it made.
   */
  readonly fromTheBeginning: boolean;
}

/** A part of a thread that can be told by itself: what somebody said, and all that came of it. */
interface Turn {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

/**
 * Where the longest window of a transcript begins that can be sent to a model: it ends with the last message, begins with
 * somebody's words, has each tool call with its results, and fits.
 *
 * @returns An index; the number of messages when not even the last turn fits.
 */
export function windowStart(messages: readonly Message[], limits: WindowLimits): number {
  let start = messages.length;
  let tokens = 0;
  for (const turn of turnsFromTheEnd(messages, limits)) {
    tokens += turn.tokens;
    if (tokens > limits.maxTokens || messages.length - turn.start > limits.maxMessages) break;
    start = turn.start;
  }
  return start;
}

/**
 * Up to where messages are summarised, excluded, so that the latest turns stay as they were said: those that take no more than
 * `keepTokens` and half of the messages of a window, and the last one whenever a window can hold it.
 */
export function summaryEnd(
  messages: readonly Message[],
  limits: WindowLimits & { readonly keepTokens: number },
): number {
  const { keepTokens, maxTokens, maxMessages } = limits;
  const kept = windowStart(messages, {
    ...limits,
    maxTokens: Math.min(keepTokens, maxTokens),
    maxMessages: Math.floor(maxMessages / 2),
  });
  if (kept < messages.length) return kept;
  const [last] = turnsFromTheEnd(messages, limits);
  const holds = last && last.tokens <= maxTokens && last.end - last.start <= maxMessages;
  return holds ? last.start : messages.length;
}

/** The last turn first, up to one that can't be sent: a call has no result, or somebody wrote instructions into the thread. */
function* turnsFromTheEnd(
  messages: readonly Message[],
  { countTokens, fromTheBeginning }: WindowLimits,
): Generator<Turn, void, void> {
  let end = messages.length;
  let tokens = 0;
  for (let start = end - 1; start >= 0; start--) {
    const message = messages[start];
    if (!message || message.role === "system") return;
    tokens += countTokens(message);
    if (message.role !== "user" && !(start === 0 && fromTheBeginning)) continue;
    if (transcriptIssues(messages.slice(start, end)).length > 0) return;
    yield { start, end, tokens };
    [end, tokens] = [start, 0];
  }
}
