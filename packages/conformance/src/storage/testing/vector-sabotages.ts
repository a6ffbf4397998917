import { SalesAgentError } from "@salesagent/ports";
import { type Sabotage, withoutEnd, withStores } from "./sabotage.js";

/** Vector stores that are broken. */
export const vectorSabotages: Readonly<Record<string, Sabotage>> = {
  "rounds similarities": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        nearest: async (collection, vector, options, call) =>
          (await vectors.nearest(collection, vector, options, call)).map((match) => ({
            ...match,
            similarity: Number(match.similarity.toFixed(4)),
          })),
      },
    })),
    fails: ["vector-store/1 > tells the cosine similarity to a millionth, best first"],
  },
  "sorts equal vectors as a person of some country would": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        nearest: async (collection, vector, options, call) =>
          [...(await vectors.nearest(collection, vector, options, call))].sort(
            (left, right) => right.similarity - left.similarity || left.id.localeCompare(right.id, "en"),
          ),
      },
    })),
    fails: ["vector-store/1 > gives ten unless told otherwise, and of equal ones the first by id"],
  },
  "gives vectors that are less alike than asked for": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        nearest: (collection, vector, options, call) => {
          const { minSimilarity } = options ?? {};
          const isSound = minSimilarity !== undefined && Math.abs(minSimilarity) <= 1;
          return vectors.nearest(collection, vector, isSound ? {} : options, call);
        },
      },
    })),
    fails: ["vector-store/1 > leaves out what is less alike than asked for"],
  },
  "finds vectors that are over": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        putMany: (collection, items, call) => vectors.putMany(collection, items.map(withoutEnd), call),
      },
    })),
    fails: [
      "vector-store/1 > does not find an item that is over",
      "retention-store/1 > always drops answers, vectors and facts that are over, and no others",
      "retention-store/1 > drops no more of what is over than it may in all",
    ],
  },
  "puts vectors one at a time, until one can't be stored": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        putMany: async (collection, items, call) => {
          const zeros = items.findIndex(({ vector }) => vector.every((value) => value === 0));
          if (zeros > 0) await vectors.putMany(collection, items.slice(0, zeros), call);
          await vectors.putMany(collection, items, call);
        },
      },
    })),
    fails: [
      "vector-store/1 > refuses a vector that breaks the rules, naming it, and stores nothing of its batch",
    ],
  },
  "keeps the first of two vectors of one batch": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        putMany: (collection, items, call) => {
          const ids = items.map(({ id }) => id);
          return vectors.putMany(
            collection,
            items.filter(({ id }, index) => ids.indexOf(id) === index),
            call,
          );
        },
      },
    })),
    fails: ["vector-store/1 > replaces an item of the same id whole; in one batch, the last one counts"],
  },
  "keeps the caller's own array of numbers": {
    create: withStores(({ vectors }) => {
      let kept: Float32Array | undefined;
      return {
        vectors: {
          ...vectors,
          putMany: (collection, items, call) => {
            kept = items[0]?.vector;
            return vectors.putMany(collection, items, call);
          },
          nearest: async (collection, vector, options, call) => {
            const matches = await vectors.nearest(collection, vector, options, call);
            const isChanged = kept?.every((value) => value === -1) === true;
            return isChanged ? matches.map((match) => ({ ...match, similarity: -0.5 })) : matches;
          },
        },
      };
    }),
    fails: ["vector-store/1 > keeps what it stored apart from the caller's array"],
  },
  "finds nothing like a vector of another length": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        nearest: (collection, vector, options, call) =>
          vectors.nearest(collection, vector, options, call).catch((error: unknown) => {
            if (SalesAgentError.is(error, "store.invalid") && error.facts.field === "vector") return [];
            throw error;
          }),
      },
    })),
    fails: ["vector-store/1 > refuses to look for a vector that nothing in the collection can be like"],
  },
  "removes vectors of another collection too": {
    create: withStores(({ vectors }) => ({
      vectors: {
        ...vectors,
        remove: async (collection, ids, call) => {
          await vectors.remove(collection, ids, call);
          if (collection === "two") await vectors.remove("three", ids, call);
        },
      },
    })),
    fails: ["vector-store/1 > keeps collections apart, each with a length of its own"],
  },
  "shares vectors between tenants": {
    create: withStores(({ tenant, vectors }, storage) => ({
      vectors: tenant === "other" ? storage.tenant("acme").vectors : vectors,
    })),
    fails: [
      "erasure-store/1 > leaves the stores of other tenants as they are",
      "tenants > keeps vectors apart, though their collections and ids are the same",
    ],
  },
};
