import type { ModelRequest } from "@salesagent/ports";

/** How long vendors keep an unused prompt cache, at the least. */
const CACHE_LIFE_MS = 5 * 60_000;
const MOST_CONVERSATIONS = 2_000;

interface Reading {
  readonly candidateId: string;
  readonly tokens: number;
  readonly atMs: number;
}

/**
 * Remembers which candidates read which conversation of late, since their vendors probably hold that prompt in their caches:
 * going on with the same model costs less than its list price.
 */
export class PromptAffinity {
  readonly #readings = new Map<string, readonly Reading[]>();

  /** Input tokens of the conversation that the candidate's cache probably holds. */
  cachedTokens(candidateId: string, conversation: string, nowMs: number): number | undefined {
    const reading = this.#readings.get(conversation)?.find((each) => each.candidateId === candidateId);
    return reading && isFresh(reading, nowMs) ? reading.tokens : undefined;
  }

  remember(candidateId: string, conversation: string, inputTokens: number, nowMs: number): void {
    const before = this.#readings.get(conversation);
    const others = before?.filter((each) => each.candidateId !== candidateId && isFresh(each, nowMs)) ?? [];
    if (before) this.#readings.delete(conversation);
    this.#readings.set(conversation, [...others, { candidateId, tokens: inputTokens, atMs: nowMs }]);
    if (this.#readings.size <= MOST_CONVERSATIONS) return;
    const [oldest] = this.#readings.keys();
    if (oldest !== undefined) this.#readings.delete(oldest);
  }
}

function isFresh({ atMs }: Reading, nowMs: number): boolean {
  return nowMs - atMs <= CACHE_LIFE_MS;
}

const MOST_KEY_CHARS = 200;

/** What a conversation is known by: the caller's cache key, else the run, else the beginning of its first text. */
export function conversationOf(request: ModelRequest, runId: string | undefined): string {
  if (request.cacheKey !== undefined) return `key:${request.cacheKey}`;
  if (runId !== undefined) return `run:${runId}`;
  const first = request.messages[0]?.parts[0];
  return first && "text" in first ? `text:${first.text.slice(0, MOST_KEY_CHARS)}` : "none";
}
