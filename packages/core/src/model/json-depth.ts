import type { JsonValue } from "@salesagent/ports";

/**
 * How deep a model's answer may nest. Far beyond any real answer, and far below what validators, which call themselves for
 * each level, can take.
 */
export const MAX_JSON_DEPTH = 200;

/** Whether a value nests deeper than {@link MAX_JSON_DEPTH}. Does not call itself, and so takes any depth. */
export function isTooDeep(value: JsonValue): boolean {
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) return true;
    level = level.flatMap((entry) =>
      typeof entry === "object" && entry !== null ? (Object.values(entry) as JsonValue[]) : [],
    );
  }
  return false;
}
