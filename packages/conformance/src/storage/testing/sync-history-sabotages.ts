import { type Sabotage, withStores } from "./sabotage.js";

/** Cursors, the history of syncs, conflicts and dead letters that are broken. */
export const syncHistorySabotages: Readonly<Record<string, Sabotage>> = {
  "writes over whatever cursor stands": {
    create: withStores(({ syncCursors }) => ({
      syncCursors: {
        ...syncCursors,
        put: ({ ifRevision = 0, ...cursor }, call) =>
          syncCursors.put(ifRevision === null || ifRevision >= 0 ? cursor : { ...cursor, ifRevision }, call),
      },
    })),
    fails: ["sync-cursor-store/1 > writes only over the revision that it rests on"],
  },
  "lists cursors as they come": {
    create: withStores(({ syncCursors }) => ({
      syncCursors: {
        ...syncCursors,
        list: async (connection, call) => [...(await syncCursors.list(connection, call))].reverse(),
      },
    })),
    fails: ["sync-cursor-store/1 > lists the cursors of a connection by their names, and removes them"],
  },
  "keeps the run that was put first": {
    create: withStores(({ syncRuns }) => ({
      syncRuns: {
        ...syncRuns,
        put: async (run, call) => {
          const before = await syncRuns.get(run.id, call).catch(() => undefined);
          await syncRuns.put(before ?? run, call);
        },
      },
    })),
    fails: [
      "sync-run-store/1 > gives back a run as it was put last",
      "sync-run-store/1 > lists runs by filter, latest start first, page by page",
    ],
  },
  "lists syncs of every connection": {
    create: withStores(({ syncRuns }) => ({
      syncRuns: {
        ...syncRuns,
        list: (filter, page, call) =>
          syncRuns.list(
            /^\w*$/.test(filter?.connection ?? "") ? { ...filter, connection: undefined } : filter,
            page,
            call,
          ),
      },
    })),
    fails: ["sync-run-store/1 > lists runs by filter, latest start first, page by page"],
  },
  "finds no entry by its record": {
    create: withStores(({ syncRuns }) => ({
      syncRuns: {
        ...syncRuns,
        entries: (filter, page, call) =>
          syncRuns.entries(
            /^\w*$/.test(filter?.recordId ?? "") ? { ...filter, recordId: undefined } : filter,
            page,
            call,
          ),
      },
    })),
    fails: ["sync-run-store/1 > lists entries by each part of a filter, and by all at once"],
  },
  "says that it added conflicts that were there": {
    create: withStores(({ conflicts }) => ({
      conflicts: {
        ...conflicts,
        addMany: async (list, call) => {
          await conflicts.addMany(list, call);
          return [...new Set(list.map(({ id }) => id))];
        },
      },
    })),
    fails: [
      "conflict-store/1 > adds those that are not there yet, and gives them back as they were",
      "conflict-store/1 > adds a conflict once when many find it at once",
    ],
  },
  "says that it ended conflicts that others did": {
    create: withStores(({ conflicts }) => ({
      conflicts: {
        ...conflicts,
        endMany: async (ends, call) => {
          await conflicts.endMany(ends, call);
          return ends.map(({ id }) => id);
        },
      },
    })),
    fails: [
      "conflict-store/1 > ends open conflicts, and tells which this call ended",
      "conflict-store/1 > keeps the end of who ends one first",
    ],
  },
  "forgets who ended a conflict": {
    create: withStores(({ conflicts }) => ({
      conflicts: {
        ...conflicts,
        endMany: (ends, call) =>
          conflicts.endMany(
            ends.map(({ by, ...end }) => (by === "" ? { ...end, by } : end)),
            call,
          ),
      },
    })),
    fails: [
      "conflict-store/1 > ends open conflicts, and tells which this call ended",
      "conflict-store/1 > keeps the end of who ends one first",
    ],
  },
  "lists conflicts of every field": {
    create: withStores(({ conflicts }) => ({
      conflicts: {
        ...conflicts,
        list: (filter, page, call) =>
          conflicts.list(
            /^[$\w]*$/.test(filter?.field ?? "") ? { ...filter, field: undefined } : filter,
            page,
            call,
          ),
      },
    })),
    fails: ["conflict-store/1 > lists and counts by each part of a filter, latest first, page by page"],
  },
  "begins a letter for each failure": {
    create: withStores(({ deadLetters }) => ({
      deadLetters: {
        ...deadLetters,
        add: async (letter, call) => {
          const before = await deadLetters.get(letter.id, call).catch(() => undefined);
          if (before !== undefined || letter.operation !== "create") return deadLetters.add(letter, call);
          const { operation, ...added } = await deadLetters.add(
            { ...letter, operation: `create ${letter.id}` },
            call,
          );
          return { ...added, operation: operation.replace(/ .*/, "") };
        },
        get: async (id, call) => {
          const letter = await deadLetters.get(id, call);
          return letter && { ...letter, operation: letter.operation.replace(/ .*/, "") };
        },
      },
    })),
    fails: [
      "dead-letter-store/1 > puts a failure of the same into the letter that is open for it, and remembers the ones before",
      "dead-letter-store/1 > tells letters apart by connection, kind, record or CRM's id, and operation",
      "dead-letter-store/1 > keeps one letter of a failure that many tell of at once",
      "transactions over the stores of syncs > puts back what was changed and removed when the callback throws",
      "erasure-store/1, syncs > erases mentions in other links, conflicts, dead letters and the history, each in its place",
    ],
  },
  "tells letters apart by the CRM's id as well": {
    create: withStores(({ deadLetters }) => ({
      deadLetters: {
        ...deadLetters,
        add: (letter, call) =>
          deadLetters.add(letter.crmId === "other" ? { ...letter, recordId: "another" } : letter, call),
      },
    })),
    fails: [
      "dead-letter-store/1 > tells letters apart by connection, kind, record or CRM's id, and operation",
    ],
  },
  "says that it ended a letter that another did": {
    create: withStores(({ deadLetters }) => ({
      deadLetters: {
        ...deadLetters,
        end: async (id, status, by, call) => {
          await deadLetters.end(id, status, by, call);
          return (await deadLetters.get(id, call)) !== undefined;
        },
      },
    })),
    fails: ["dead-letter-store/1 > ends an open letter once"],
  },
};
