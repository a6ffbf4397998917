import {
  type EmbeddingModel,
  type FactFilter,
  type FactRecord,
  SalesAgentError,
  type TenantStorage,
  type VectorMatch,
} from "@salesagent/ports";
import { embedTexts } from "../cache/embed-text.js";
import { tell } from "../kernel/tell.js";
import { toRecord } from "../kernel/to-record.js";
import { checkOption } from "../resilience/check-option.js";
import { factCollection, readFactVector, toFactVector } from "./fact-vectors.js";
import type { MemorySettings } from "./memory-settings.js";
import type { FactWish, MemoryCall, MemoryModelCall, NewFact } from "./session-memory.js";
import { matchWords } from "./word-match.js";

/** Looked at by words; and by meaning, where only some facts are wanted. */
const MOST_SEARCHED = 1_000;

/** What is known, of all tenants. */
export class FactBook {
  readonly #settings: MemorySettings;
  readonly #collection: string;

  constructor(settings: MemorySettings) {
    this.#settings = settings;
    this.#collection = factCollection(settings);
  }

  async remember(
    facts: readonly NewFact[],
    call: MemoryModelCall & { readonly runId?: string | undefined },
  ): Promise<readonly FactRecord[]> {
    if (facts.length === 0) return [];
    const { embeddings } = this.#settings;
    const records = facts.map((fact) => this.#toRecord(fact, call.runId));
    const vectors = embeddings && (await this.#embed(embeddings, textsOf(records), call));
    call.signal?.throwIfAborted();
    await this.#tenant(call).transaction(
      async (stores) => {
        await stores.facts.putMany(records);
        // A fact that was there before must not be found by what it said then.
        if (embeddings) await stores.vectors.remove(this.#collection, idsOf(records));
      },
      { isolation: "read-committed", signal: call.signal },
    );
    // The facts stand: from here on nothing ends the call.
    if (vectors) await this.#keepVectors(records, vectors, call.tenant);
    return records;
  }

  async recall(wish: FactWish, call: MemoryModelCall): Promise<readonly FactRecord[]> {
    const { subject, threadId, query, limit = 20 } = wish;
    checkOption(
      "recall.limit",
      limit,
      "a whole number from 1 to 100",
      (it) => Number.isInteger(it) && it >= 1 && it <= 100,
    );
    const filter = { subject, threadId };
    if (query === undefined || query.trim() === "") return this.#latest(filter, limit, call);
    const near = await this.#standing(await this.#nearest(query, filter, limit, call), call);
    if (near.length >= limit) return near;
    const known = new Set(idsOf(near));
    const latest = await this.#latest(filter, MOST_SEARCHED, call);
    const matched = matchWords(latest, query).filter(({ id }) => !known.has(id));
    return [...near, ...matched].slice(0, limit);
  }

  /**
   * What is known of some subjects or was learnt in a thread, the latest first.
   *
   * @param wish.limit - Of each of them.
   */
  async about(
    wish: { readonly threadId: string; readonly subjects: readonly string[]; readonly limit: number },
    call: MemoryCall,
  ): Promise<readonly FactRecord[]> {
    const filters = [{ threadId: wish.threadId }, ...wish.subjects.map((subject) => ({ subject }))];
    const lists = await Promise.all(filters.map((filter) => this.#latest(filter, wish.limit, call)));
    const unique = new Map(lists.flat().map((fact) => [fact.id, fact]));
    return [...unique.values()].sort((left, right) => compare(right.createdAt, left.createdAt));
  }

  /** The same facts, those first that have to do with a text. */
  async byRelevance(
    facts: readonly FactRecord[],
    query: string,
    call: MemoryModelCall,
  ): Promise<readonly FactRecord[]> {
    const given = new Map(facts.map((fact) => [fact.id, fact]));
    const near = await this.#nearest(query, {}, MOST_SEARCHED, call);
    const ranked = [...near, ...matchWords(facts, query), ...facts].flatMap(({ id }) => given.get(id) ?? []);
    return [...new Set(ranked)];
  }

  async remove(ids: readonly string[], call: MemoryCall): Promise<void> {
    if (ids.length === 0) return;
    await this.#tenant(call).transaction(
      async (stores) => {
        await stores.facts.remove(ids);
        if (this.#settings.embeddings) await stores.vectors.remove(this.#collection, ids);
      },
      { isolation: "read-committed", signal: call.signal },
    );
  }

  #tenant({ tenant }: MemoryCall): TenantStorage {
    return this.#settings.storage.tenant(tenant);
  }

  async #latest(
    filter: FactFilter,
    limit: number,
    { tenant, signal }: MemoryCall,
  ): Promise<readonly FactRecord[]> {
    const { facts } = this.#settings.storage.tenant(tenant);
    return (await facts.list(filter, { limit }, { signal })).items;
  }

  /** Those that are still there: a fact that was dropped where its vectors are not known leaves its text beside its vector. */
  async #standing(
    near: readonly FactRecord[],
    { tenant, signal }: MemoryCall,
  ): Promise<readonly FactRecord[]> {
    const { facts } = this.#settings.storage.tenant(tenant);
    const sought = new Set(idsOf(near));
    const found = new Set<string>();
    for (const subject of new Set(near.map((fact) => fact.subject))) {
      const isOpen = () => near.some((fact) => fact.subject === subject && !found.has(fact.id));
      let after: string | undefined;
      do {
        const page = await facts.list({ subject }, { limit: MOST_SEARCHED, after }, { signal });
        for (const { id } of page.items) if (sought.has(id)) found.add(id);
        after = page.next;
      } while (after !== undefined && isOpen());
    }
    return near.filter(({ id }) => found.has(id));
  }

  async #nearest(
    query: string,
    { subject, threadId }: FactFilter,
    limit: number,
    call: MemoryModelCall,
  ): Promise<readonly FactRecord[]> {
    const { embeddings, facts } = this.#settings;
    const [vector] = (embeddings && (await this.#embed(embeddings, [query], call))) ?? [];
    call.signal?.throwIfAborted();
    if (!vector) return [];
    const some = subject !== undefined || threadId !== undefined;
    const want = { limit: some ? MOST_SEARCHED : limit, minSimilarity: facts.minSimilarity };
    const { vectors } = this.#tenant(call);
    let matches: readonly VectorMatch[];
    try {
      matches = await vectors.nearest(this.#collection, vector, want, { signal: call.signal });
    } catch (error) {
      if (!SalesAgentError.is(error, "store.invalid")) throw error;
      tell(this.#settings.onError, error, "embed");
      return [];
    }
    return matches
      .flatMap((match) => readFactVector(match) ?? [])
      .filter((fact) => subject === undefined || fact.subject === subject)
      .filter((fact) => threadId === undefined || fact.threadId === threadId)
      .slice(0, limit);
  }

  async #keepVectors(
    facts: readonly FactRecord[],
    vectors: readonly Float32Array[],
    tenant: string,
  ): Promise<void> {
    const items = facts.flatMap((fact, index) => {
      const vector = vectors[index];
      return vector ? [toFactVector(fact, vector)] : [];
    });
    try {
      await this.#settings.storage.tenant(tenant).vectors.putMany(this.#collection, items);
    } catch (error) {
      tell(this.#settings.onError, error, "embed");
    }
  }

  /** @returns Nothing where it failed, which the host is told. */
  async #embed(
    embeddings: EmbeddingModel,
    texts: readonly string[],
    { tenant, signal, guards = [], scope }: MemoryModelCall,
  ): Promise<readonly Float32Array[] | undefined> {
    const { clock, facts, onError } = this.#settings;
    const { dimensions, timeoutMs: limitMs } = facts;
    const told = (error: unknown) => tell(onError, error, "embed");
    const options = { embeddings, dimensions, clock, limitMs, onError: told };
    const call = { scope: { ...scope, tenant }, guards: [...this.#settings.guards, ...guards] };
    const spare = { ...options, locality: "cloud", owner: "memory" } as const;
    return (await embedTexts(spare, texts, call, signal)).vectors;
  }

  #toRecord(fact: NewFact, runId: string | undefined): FactRecord {
    const { id = this.#settings.createId(), subject, text, threadId, expiresAt, data } = fact;
    return toRecord({
      ...{ id, subject, text },
      ...(threadId === undefined ? {} : { threadId }),
      ...(runId === undefined ? {} : { runId }),
      ...(data === undefined ? {} : { data }),
      createdAt: new Date(this.#settings.clock.now()).toISOString(),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
  }
}

function idsOf(facts: readonly FactRecord[]): readonly string[] {
  return facts.map(({ id }) => id);
}

function textsOf(facts: readonly FactRecord[]): readonly string[] {
  return facts.map(({ text }) => text);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
