import type { CacheStore, Clock, JsonValue } from "@salesagent/ports";
import { asJson } from "./state-size.js";
import { isTaskOutcome, type TaskOutcome } from "./task-run.js";

/** How a node's outcomes are kept for equal inputs. */
export interface NodeCacheOptions<Input = JsonValue> {
  /** What an outcome depends on, as text of 1–300 characters; the same text gives the kept outcome. */
  key(input: Input): string;
  /** How long an outcome is given again, in milliseconds. @defaultValue 3,600,000 */
  readonly ttlMs?: number;
  /** A store of the tenant's. A failing store counts as a miss. @defaultValue a map of this process, apart for each tenant */
  readonly store?: (tenant: string | undefined) => CacheStore;
  /** How many outcomes the map holds; the oldest leave first. @defaultValue 1,000 */
  readonly maxEntries?: number;
}

/** What an outcome is looked up by. */
export interface CacheKey {
  readonly tenant: string | undefined;
  readonly key: string;
}

/** Kept outcomes of one node. */
export class NodeCache {
  readonly #options: Required<Omit<NodeCacheOptions, "store">> & Pick<NodeCacheOptions, "store">;
  readonly #name: string;
  readonly #kept = new Map<string, { readonly outcome: string; readonly expiresAtMs: number }>();

  /** @param name - Stands before every key in a store: the graph, its version and the node. */
  constructor(name: string, options: NodeCacheOptions) {
    this.#name = name;
    this.#options = { ttlMs: 3_600_000, maxEntries: 1_000, ...options };
  }

  /** @throws What the key function throws; RangeError when its text is no key. */
  keyOf(input: JsonValue, tenant: string | undefined): CacheKey {
    const key = this.#options.key(input);
    if (typeof key !== "string" || key.length < 1 || key.length > 300) {
      throw new RangeError(`${this.#name}: cache.key must give a text of 1 to 300 characters`);
    }
    return { tenant, key };
  }

  async find({ tenant, key }: CacheKey, clock: Clock): Promise<TaskOutcome | undefined> {
    if (this.#options.store) {
      try {
        const entry = await this.#options.store(tenant).get(`${this.#name}/${key}`);
        const outcome: unknown = entry?.value;
        return isTaskOutcome(outcome) ? outcome : undefined; // one that is damaged is a miss
      } catch {
        return undefined; // a store that is away is a miss
      }
    }
    const id = JSON.stringify([tenant ?? null, key]);
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    if (kept.expiresAtMs > clock.now()) return JSON.parse(kept.outcome) as TaskOutcome;
    this.#kept.delete(id);
    return undefined;
  }

  async keep({ tenant, key }: CacheKey, outcome: TaskOutcome, clock: Clock): Promise<void> {
    const { ttlMs, store, maxEntries } = this.#options;
    const nowMs = clock.now();
    if (store) {
      const createdAt = new Date(nowMs).toISOString();
      const expiresAt = new Date(nowMs + ttlMs).toISOString();
      try {
        await store(tenant).put({
          key: `${this.#name}/${key}`,
          value: asJson(outcome),
          createdAt,
          expiresAt,
        });
      } catch {
        // The node is done; that it is not kept costs a second run at most.
      }
      return;
    }
    this.#kept.set(JSON.stringify([tenant ?? null, key]), {
      outcome: JSON.stringify(outcome),
      expiresAtMs: nowMs + ttlMs,
    });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxEntries) break;
      this.#kept.delete(oldest);
    }
  }
}
