import type { CallOptions, JsonValue, VectorItem, VectorMatch, VectorStore } from "@salesagent/ports";
import {
  checkVector,
  invalidValue,
  type NormalNearest,
  toNormalId,
  toNormalItems,
  toNormalNearest,
  toStorable,
} from "@salesagent/ports/store-rules";
import { BestMatches } from "./best-matches.js";
import { json, number, text } from "./columns.js";
import type { Executor } from "./executor.js";
import type { StoreContext } from "./store-context.js";
import type { VectorStatements } from "./vector-statements.js";
import { createSimilarity, fromVectorText, toVectorText } from "./vector-text.js";

/** About so many bytes of vectors are in one statement or one page, so that neither side holds a whole collection. */
const PAGE_BYTES = 2 ** 21;
const MOST_ROWS = 1000;

function rowsPerPage(dimensions: number): number {
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(PAGE_BYTES / (dimensions * 4))));
}

function wrongLength(field: string, dimensions: number): Error {
  return invalidValue("vectors", field, `vectors of this collection have ${dimensions} numbers`);
}

/** Vectors as rows. All of a collection are compared, page by page, in this process. */
class VectorRows {
  constructor(
    private readonly context: StoreContext,
    private readonly statements: VectorStatements,
  ) {}

  async put(collection: string, items: readonly VectorItem[], call: CallOptions | undefined): Promise<void> {
    const dimensions = items[0]?.vector.length ?? 0;
    const size = rowsPerPage(dimensions);
    if (items.length <= size && (await this.#putPage(this.context.executor, collection, items, call))) return;
    const work = async (within: Executor) => {
      const values = [this.context.tenant, collection, dimensions];
      await within.run("vectors", this.statements.addCollection, values, undefined);
      for (let start = 0; start < items.length; start += size) {
        await this.#putPage(within, collection, items.slice(start, start + size), undefined);
      }
    };
    await this.context.executor.together("vectors", work, call);
  }

  /** The ids of the most similar items. */
  async findBest(
    collection: string,
    query: Float32Array,
    { limit, minSimilarity }: NormalNearest,
    call: CallOptions | undefined,
  ): Promise<readonly string[]> {
    const { executor, tenant } = this.context;
    const similarityTo = createSimilarity(query);
    const best = new BestMatches<Pick<VectorMatch, "id" | "similarity">>(limit);
    const size = rowsPerPage(query.length);
    let [after, read] = ["", size];
    while (read === size) {
      const values = [tenant, collection, after, size, this.#now()];
      const rows = await executor.run("vectors", this.statements.scan, values, call);
      const dimensions = rows[0] === undefined ? query.length : number(rows[0], "dimensions");
      if (dimensions !== query.length) throw wrongLength("vector", dimensions);
      const found = rows.filter((row) => row["id"] !== null);
      for (const row of found) {
        after = text(row, "id");
        const similarity = similarityTo(fromVectorText(text(row, "vector")));
        if (similarity >= minSimilarity) best.add({ id: after, similarity });
      }
      read = found.length;
    }
    return best.list().map(({ id }) => id);
  }

  /** Matches of these ids. Each is read whole, since it may have been replaced since it was found. */
  async match(
    collection: string,
    query: Float32Array,
    ids: readonly string[],
    minSimilarity: number,
    call: CallOptions | undefined,
  ): Promise<readonly VectorMatch[]> {
    if (ids.length === 0) return [];
    const similarityTo = createSimilarity(query);
    const values = [this.context.tenant, collection, ids, this.#now()];
    const rows = await this.context.executor.run("vectors", this.statements.get, values, call);
    const best = new BestMatches<VectorMatch>(ids.length);
    for (const row of rows) {
      const similarity = similarityTo(fromVectorText(text(row, "vector")));
      if (similarity < minSimilarity) continue;
      best.add({ id: text(row, "id"), similarity, data: json<JsonValue>(row, "data") });
    }
    return best.list();
  }

  /** @returns False where there is no such collection. */
  async #putPage(
    executor: Executor,
    collection: string,
    items: readonly VectorItem[],
    call: CallOptions | undefined,
  ): Promise<boolean> {
    const dimensions = items[0]?.vector.length ?? 0;
    const values = [
      ...[this.context.tenant, collection, dimensions],
      items.map(({ id }) => id),
      items.map(({ vector }) => toVectorText(vector)),
      items.map(({ expiresAt }) => expiresAt ?? null),
      JSON.stringify(items.map(({ data }) => data)),
      this.#now(),
    ];
    const [row] = await executor.run("vectors", this.statements.put, values, call);
    if (row === undefined) return false;
    const stored = number(row, "dimensions");
    if (stored !== dimensions) throw wrongLength("items[0].vector", stored);
    return true;
  }

  #now(): string {
    return new Date(this.context.clock.now()).toISOString();
  }
}

/** Sorted, so that two batches wait for each other in one order. */
function toBatch(items: readonly VectorItem[]): readonly VectorItem[] {
  return [...toNormalItems(items, undefined)].sort((left, right) => (left.id < right.id ? -1 : 1));
}

export function createPgVectorStore(context: StoreContext, statements: VectorStatements): VectorStore {
  const { tenant, executor } = context;
  const rows = new VectorRows(context, statements);
  return {
    port: "vector-store/1",
    async putMany(collection, items, call) {
      executor.admit("vectors", call);
      const place = toNormalId("vectors", "collection", collection);
      const batch = toBatch(items);
      if (batch.length > 0) await rows.put(place, batch, call);
    },
    async nearest(collection, vector, options, call) {
      executor.admit("vectors", call);
      const place = toStorable("vectors", "collection", collection);
      const wanted = toNormalNearest(options);
      checkVector("vector", vector);
      const query = vector.slice(); // the caller's own may change while pages are read
      const ids = await rows.findBest(place, query, wanted, call);
      return rows.match(place, query, ids, wanted.minSimilarity, call);
    },
    async remove(collection, ids, call) {
      executor.admit("vectors", call);
      const values = [
        tenant,
        toStorable("vectors", "collection", collection),
        toStorable("vectors", "ids", ids),
      ];
      if (ids.length > 0) await executor.run("vectors", statements.remove, values, call);
    },
  };
}
