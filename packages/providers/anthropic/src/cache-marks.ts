import type { JsonObject, Message, TextPart } from "@salesagent/ports";
import type { Warn } from "@salesagent/provider-kit";

/** The most marks that one request may have. */
const MAX_MARKS = 4;

/** Which parts are marked in the request, and for how long. */
export type CacheMarks = ReadonlyMap<TextPart, "5m" | "1h">;

/**
 * The marks that this vendor takes: four at most, those of an hour before those of five minutes. Of more, the first stays,
 * for the prefix that most requests share, and the last three.
 */
export function cacheMarks(messages: readonly Message[], warn: Warn): CacheMarks {
  const marked = inWireOrder(messages).filter((part) => part.cache !== undefined && part.text.trim() !== "");
  const kept = marked.length <= MAX_MARKS ? marked : [...marked.slice(0, 1), ...marked.slice(1 - MAX_MARKS)];
  if (kept.length < marked.length) {
    warn({
      field: "cache",
      message: `${marked.length} cache marks were given and ${MAX_MARKS} are taken: the first and the last three stayed.`,
    });
  }
  const marks = new Map<TextPart, "5m" | "1h">();
  let short = false;
  for (const part of kept) {
    const shortened = short && part.cache === "1h";
    if (shortened) {
      warn({ field: "cache", message: "A mark of 1h behind one of 5m is not taken; it was sent as 5m." });
    }
    short ||= part.cache === "5m";
    marks.set(part, short ? "5m" : "1h");
  }
  return marks;
}

/** The mark of a part as fields of its block. */
export function cacheFields(part: TextPart, marks: CacheMarks): JsonObject {
  const ttl = marks.get(part);
  return ttl === undefined ? {} : { cache_control: { type: "ephemeral", ttl } };
}

/** System text comes first in the request, wherever it stands in the transcript. */
function inWireOrder(messages: readonly Message[]): TextPart[] {
  const system: TextPart[] = [];
  const user: TextPart[] = [];
  for (const message of messages) {
    if (message.role === "system") system.push(...message.parts);
    if (message.role !== "user") continue;
    for (const part of message.parts) if (part.type === "text") user.push(part);
  }
  return [...system, ...user];
}
