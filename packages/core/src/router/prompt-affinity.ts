import type { ModelRequest } from "@salesagent/ports";

/** How long vendors keep an unused prompt cache, at the least. */
const CACHE_LIFE_MS = 5 * 60_000;
const MOST_ENTRIES = 2_000;

interface Entry {
  readonly tokens: number;
  readonly atMs: number;
}

/**
 * Remembers which candidate read which conversation last, since its vendor probably holds that prompt in its cache: going on
 * with the same model costs less than its list price.
 */
export class PromptAffinity {
  readonly #entries = new Map<string, Entry>();

  /** Input tokens of the conversation that the candidate's cache probably holds. */
  cachedTokens(candidateId: string, conversation: string, nowMs: number): number | undefined {
    const entry = this.#entries.get(`${candidateId}\n${conversation}`);
    if (!entry || nowMs - entry.atMs > CACHE_LIFE_MS) return undefined;
    return entry.tokens;
  }

  remember(candidateId: string, conversation: string, inputTokens: number, nowMs: number): void {
    const key = `${candidateId}\n${conversation}`;
    this.#entries.delete(key);
    this.#entries.set(key, { tokens: inputTokens, atMs: nowMs });
    if (this.#entries.size <= MOST_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

const MOST_KEY_CHARS = 200;

/** What a conversation is known by: the caller's cache key, else the run, else the beginning of its first text. */
export function conversationOf(request: ModelRequest, runId: string | undefined): string {
  if (request.cacheKey !== undefined) return `key:${request.cacheKey}`;
  if (runId !== undefined) return `run:${runId}`;
  const first = request.messages[0]?.parts[0];
  return first && "text" in first ? `text:${first.text.slice(0, MOST_KEY_CHARS)}` : "none";
}
