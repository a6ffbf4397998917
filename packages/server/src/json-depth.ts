/** Deeper than anything that is meant; far below what validators, which call themselves for each level, can take. */
const DEEPEST = 64;

/** Fewer bytes than this many can't open and close so many levels. */
export const DEEP_FROM_BYTES = 2 * DEEPEST;

/** Whether a value nests too deeply. Does not call itself, and so takes any depth. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((entry) =>
      typeof entry === "object" && entry !== null ? (Object.values(entry) as unknown[]) : [],
    );
  }
  return false;
}
