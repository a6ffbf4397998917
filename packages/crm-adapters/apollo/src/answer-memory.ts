import type { CacheStore, CallOptions, Clock, JsonObject } from "@salesagent/ports";

/** What Apollo said of a person or a company; nothing for one whom it doesn't know. */
export interface Remembered {
  readonly wire: JsonObject | null;
  /** When it said so, ISO 8601 in UTC. */
  readonly at: string;
}

/** How long answers are kept. */
export interface MemoryOptions {
  readonly cache: ((tenant: string) => CacheStore) | undefined;
  readonly foundForMs: number;
  readonly missForMs: number;
  readonly clock: Clock;
}

const MOST_KEPT = 10_000;

/** Answers that were paid for, by everything that names whom they are about. */
export class AnswerMemory {
  readonly #options: MemoryOptions;
  readonly #local = new Map<string, Remembered & { readonly untilMs: number }>();

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  /** The answer under the first key that has one. */
  async recall(tenant: string, keys: readonly string[], call: CallOptions): Promise<Remembered | undefined> {
    for (const key of keys) {
      const found = await this.#get(tenant, await hashed(key), call);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Keeps an answer under each key. */
  async keep(
    tenant: string,
    keys: readonly string[],
    wire: JsonObject | null,
    call: CallOptions,
  ): Promise<Remembered> {
    const { clock, foundForMs, missForMs, cache } = this.#options;
    const nowMs = clock.now();
    const untilMs = nowMs + (wire === null ? missForMs : foundForMs);
    const at = new Date(nowMs).toISOString();
    for (const key of await Promise.all([...new Set(keys)].map(hashed))) {
      if (cache === undefined) this.#putLocal(`${tenant}\n${key}`, { wire, at, untilMs });
      else {
        const expiresAt = new Date(untilMs).toISOString();
        await cache(tenant).put({ key, value: { wire, at }, createdAt: at, expiresAt }, call);
      }
    }
    return { wire, at };
  }

  async #get(tenant: string, key: string, call: CallOptions): Promise<Remembered | undefined> {
    const { cache, clock } = this.#options;
    if (cache !== undefined) return readRemembered((await cache(tenant).get(key, call))?.value);
    const kept = this.#local.get(`${tenant}\n${key}`);
    return kept === undefined || kept.untilMs <= clock.now() ? undefined : kept;
  }

  #putLocal(key: string, kept: Remembered & { readonly untilMs: number }): void {
    this.#local.delete(key);
    this.#local.set(key, kept);
    const [oldest] = this.#local.keys();
    if (this.#local.size > MOST_KEPT && oldest !== undefined) this.#local.delete(oldest);
  }
}

function readRemembered(value: unknown): Remembered | undefined {
  if (typeof value !== "object" || value === null || !("at" in value) || !("wire" in value)) return undefined;
  return value as Remembered;
}

/** Keys name people; stored ones are hashes. */
async function hashed(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `apollo/${hex}`;
}
