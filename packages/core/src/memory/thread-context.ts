import type { FactRecord, Message } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { checkOption } from "../resilience/check-option.js";
import type { FactBook } from "./fact-book.js";
import type { MemorySettings } from "./memory-settings.js";
import { afterSummary, readThreadEnd, type ThreadEnd } from "./read-thread.js";
import type { ContextRequest, MemoryContext } from "./session-memory.js";
import { summariseThread } from "./summarise-thread.js";
import { factsMessage, OPENING, summaryMessage, toldMessages } from "./told-messages.js";
import { windowStart } from "./window.js";

/** Of each subject, before the limit of tokens. */
const MOST_FACTS = 50;
/** A context waits for no more calls of the summariser than this; what is left is for the next one. */
const MOST_CALLS = 2;
/** A summariser that failed after as long as this is left alone for a while, so that not every turn waits for it. */
const SLOW_FAILURE_MS = 2_000;
const REST_MS = 60_000;

/** What may be told, in tokens. */
interface Room {
  readonly tokens: number;
  readonly facts: readonly Message[];
  /** Counts each message once in a call. */
  readonly countTokens: (message: Message) => number;
}

/** Tells models of threads. */
export class ThreadContexts {
  readonly #settings: MemorySettings;
  readonly #facts: FactBook;
  #restUntilMs = Number.NEGATIVE_INFINITY;

  constructor(settings: MemorySettings, facts: FactBook) {
    this.#settings = settings;
    this.#facts = facts;
  }

  async read(threadId: string, request: ContextRequest): Promise<MemoryContext> {
    const { window } = this.#settings;
    const maxTokens = Math.min(request.maxTokens ?? window.maxTokens, window.maxTokens);
    checkOption("context.maxTokens", maxTokens, "a number ≥ 0", (it) => it >= 0);
    const [read, facts] = await Promise.all([
      this.#read(threadId, request),
      this.#factsFor(threadId, request, maxTokens),
    ]);
    const factMessages = facts.length > 0 ? [factsMessage(facts)] : [];
    const countTokens = countingOnce(window.countTokens);
    const room: Room = { tokens: maxTokens, facts: factMessages, countTokens };
    let end = read;
    if (this.#needsSummary(end, this.#fit(end, room), room)) {
      await this.#trySummarise(threadId, request, room);
      end = await this.#read(threadId, request);
    }
    return { ...this.#fit(end, room), facts };
  }

  async #read(threadId: string, { tenant, signal, exceptRunId }: ContextRequest): Promise<ThreadEnd> {
    const { storage, window } = this.#settings;
    const { messages } = storage.tenant(tenant);
    const end = await readThreadEnd(messages, threadId, window.maxMessages, { signal });
    if (exceptRunId === undefined) return end;
    return { ...end, latest: end.latest.filter(({ runId }) => runId !== exceptRunId) };
  }

  /** What of the thread fits beside the facts: its summary first, then as many of the latest messages as can be. */
  #fit(
    { length, summary, latest, unread }: ThreadEnd,
    { tokens, facts, countTokens }: Room,
  ): Omit<MemoryContext, "facts"> {
    const { maxMessages } = this.#settings.window;
    const free = tokens - sum(facts, countTokens);
    const said = latest.map(({ message }) => message);
    const short = summary && summaryMessage(summary.text);
    const told = short && countTokens(short) <= free / 2 ? [short] : [];
    const speaksFirst = latest[0]?.index === 0 && said[0]?.role !== "user";
    const opening = speaksFirst ? [OPENING] : [];
    const limits = {
      maxTokens: free - sum([...told, ...opening], countTokens),
      ...{ maxMessages, countTokens, fromTheBeginning: latest[0]?.index === 0 },
    };
    const start = windowStart(said, limits);
    const preface = start === 0 ? [...told, ...opening] : told;
    const messages = toldMessages({ preface, window: said.slice(start), facts });
    const untold = told.length > 0 ? 0 : afterSummary(summary);
    return {
      messages,
      ...(summary && told.length > 0 ? { summary } : {}),
      ...{ length, tokens: sum(messages, countTokens) },
      from: latest[start]?.index ?? length,
      droppedMessages: untold + unread + start,
    };
  }

  #needsSummary(
    { latest, unread }: ThreadEnd,
    fitted: Omit<MemoryContext, "facts">,
    { countTokens }: Room,
  ): boolean {
    const { summariser, window, clock } = this.#settings;
    if (!summariser || clock.elapsed() < this.#restUntilMs) return false;
    if (unread > 0 || (latest.length > 0 && latest[0]?.index !== fitted.from)) return true;
    const said = latest.map(({ message }) => message);
    return sum(said, countTokens) > window.summariseAboveTokens;
  }

  async #trySummarise(
    threadId: string,
    request: ContextRequest,
    { tokens, facts, countTokens }: Room,
  ): Promise<void> {
    const { clock, onError, summary } = this.#settings;
    const startedMs = clock.elapsed();
    const beside = sum([...facts, OPENING], countTokens) + summary.maxTokens;
    const aim = { windowTokens: Math.max(0, tokens - beside), maxCalls: MOST_CALLS };
    try {
      await summariseThread(this.#settings, threadId, aim, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (clock.elapsed() - startedMs >= SLOW_FAILURE_MS) this.#restUntilMs = clock.elapsed() + REST_MS;
      tell(onError, error, "summarise");
    }
  }

  async #factsFor(
    threadId: string,
    request: ContextRequest,
    maxTokens: number,
  ): Promise<readonly FactRecord[]> {
    const { facts: settings, window } = this.#settings;
    const { subjects = [], query } = request.facts ?? {};
    const most = Math.min(settings.maxTokens, maxTokens / 4);
    const known = await this.#facts.about({ threadId, subjects, limit: MOST_FACTS }, request);
    const fits = (facts: readonly FactRecord[]) => window.countTokens(factsMessage(facts)) <= most;
    if (known.length === 0 || fits(known)) return known;
    const ranked = query === undefined ? known : await this.#facts.byRelevance(known, query, request);
    const told: FactRecord[] = [];
    for (const fact of ranked) {
      told.push(fact);
      if (!fits(told)) told.pop();
    }
    return told;
  }
}

function countingOnce(countTokens: (message: Message) => number): (message: Message) => number {
  const counted = new WeakMap<Message, number>();
  return (message) => {
    const known = counted.get(message);
    if (known !== undefined) return known;
    const tokens = countTokens(message);
    counted.set(message, tokens);
    return tokens;
  };
}

function sum(messages: readonly Message[], countTokens: (message: Message) => number): number {
  return messages.reduce((tokens, message) => tokens + countTokens(message), 0);
}
