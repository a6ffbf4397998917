import type { JsonObject, JsonValue } from "@salesagent/ports";

/** Fields whose pieces are joined; any other field is taken as it last came. */
const JOINED = new Set(["text", "summary", "data"]);

/**
 * Collects OpenRouter's `reasoning_details`, which must be sent back unchanged: pieces of one detail carry its index, and
 * a signature comes as a piece of its own.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export class ReasoningDetails {
  readonly #byIndex = new Map<string, Record<string, JsonValue>>();
  #changed = false;

  push(pieces: readonly JsonValue[]): void {
    for (const piece of pieces) {
      if (typeof piece !== "object" || piece === null || Array.isArray(piece)) continue;
      this.#merge(piece as JsonObject);
    }
  }

  /** All details so far, in the order in which each began; nothing when none came since they were last taken. */
  take(): readonly JsonObject[] | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return [...this.#byIndex.values()].map((detail) => ({ ...detail }));
  }

  #merge(piece: JsonObject): void {
    this.#changed = true;
    const key = `${String(piece["type"])}/${String(piece["index"] ?? this.#byIndex.size)}`;
    const known = this.#byIndex.get(key);
    if (!known) {
      this.#byIndex.set(key, { ...piece });
      return;
    }
    for (const [field, value] of Object.entries(piece)) {
      const before = known[field];
      if (JOINED.has(field) && typeof before === "string" && typeof value === "string") {
        known[field] = before + value;
      } else if (value !== null) {
        known[field] = value;
      }
    }
  }
}
