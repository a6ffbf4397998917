import type { JsonValue } from "@salesagent/ports";

const FENCE = "```";

/**
 * Finds the JSON that a model wrote, also where it put a code fence or prose around it. Takes time that grows with the
 * text's length, whatever stands in it.
 *
 * @returns Nothing when the text holds no JSON object or array, and is not JSON itself.
 */
export function jsonInText(text: string): JsonValue | undefined {
  return parse(text) ?? inFence(text) ?? between(text, "{", "}") ?? between(text, "[", "]");
}

/** The first fenced block that is JSON and is not said to be anything else. */
function inFence(text: string): JsonValue | undefined {
  let lineEnd = 0;
  for (let at = text.indexOf(FENCE); at !== -1; at = text.indexOf(FENCE, at + FENCE.length)) {
    const from = at + FENCE.length;
    if (lineEnd < from) lineEnd = text.indexOf("\n", from);
    if (lineEnd === -1) return undefined;
    if (!/^(?:json)?[ \t\r]*$/i.test(text.slice(from, Math.min(lineEnd, from + 20)))) continue;
    const close = text.indexOf(FENCE, lineEnd);
    if (close === -1) return undefined;
    const found = parse(text.slice(lineEnd, close));
    if (found !== undefined) return found;
    at = close - FENCE.length;
  }
  return undefined;
}

function between(text: string, open: string, close: string): JsonValue | undefined {
  const from = text.indexOf(open);
  const until = text.lastIndexOf(close);
  return from === -1 || until < from ? undefined : parse(text.slice(from, until + 1));
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
