import type { JsonValue } from "@salesagent/ports";

/**
 * Finds the JSON that a model wrote, also where it put a code fence or prose around it.
 *
 * @returns Nothing when the text holds no JSON object or array, and is not JSON itself.
 */
export function jsonInText(text: string): JsonValue | undefined {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/i.exec(text)?.[1];
  const inFence = fenced === undefined ? undefined : parse(fenced);
  if (inFence !== undefined) return inFence;
  for (const [open, close] of [
    ["{", "}"],
    ["[", "]"],
  ] as const) {
    const from = text.indexOf(open);
    const until = text.lastIndexOf(close);
    const found = from === -1 || until < from ? undefined : parse(text.slice(from, until + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
