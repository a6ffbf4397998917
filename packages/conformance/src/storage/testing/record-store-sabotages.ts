import type { RecordStore } from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

/** A storage whose records are kept another way. */
const withRecords = (change: (records: RecordStore) => Partial<RecordStore>) =>
  withStores(({ records }) => ({ records: { ...records, ...change(records) } }));

/** Later than any write of a case. */
const LAST = 1_000_000;

/** Numbers writes in the order in which they are asked for. */
class CallOrder {
  readonly #places = new Map<string, { readonly place: number; readonly revision: string }>();
  #last = 0;

  note(id: string, revision: string): void {
    this.#last += 1;
    this.#places.set(id, { place: this.#last, revision });
  }

  /** @param revision - What stands; nothing for a record that was removed. */
  placeOf(id: string, revision: string | undefined): number {
    const noted = this.#places.get(id);
    const isCurrent = noted !== undefined && (revision === undefined || noted.revision === revision);
    return isCurrent ? noted.place : LAST;
  }
}

/** A storage whose feed goes by the order of the calls, and not by what came to stand when. */
function withEarlyFeed(): ReturnType<Sabotage["create"]> {
  const order = new CallOrder();
  return withRecords((records) => ({
    async writeMany(writes, call) {
      const outcomes = await records.writeMany(writes, call);
      outcomes.forEach((outcome, index) => {
        const { kind, id } = writes[index] ?? { kind: "", id: "" };
        if (outcome.status === "written") order.note(`${kind}/${id}`, outcome.revision);
      });
      return outcomes;
    },
    async changes(kind, { cursor, limit = 500 } = {}, call) {
      await records.changes(kind, { cursor, limit }, call);
      const all = await records.changes(kind, { limit: 1000 }, call);
      const told = Number(cursor ?? 0);
      const next = [
        ...all.records.map(({ id, revision }) => ({ id, place: order.placeOf(`${kind}/${id}`, revision) })),
        ...all.removed.map(({ id }) => ({ id, place: order.placeOf(`${kind}/${id}`, undefined) })),
      ]
        .filter(({ place }) => place > told)
        .sort((left, right) => left.place - right.place);
      const ids = next.slice(0, limit).map(({ id }) => id);
      return {
        records: ids.flatMap((id) => all.records.find((record) => record.id === id) ?? []),
        removed: ids.flatMap((id) => all.removed.find((removal) => removal.id === id) ?? []),
        cursor: String(next.slice(0, limit).at(-1)?.place ?? told),
        more: next.length > limit,
      };
    },
  }))();
}

/** Records that are kept, found or told the wrong way. */
export const recordStoreSabotages: Readonly<Record<string, Sabotage>> = {
  "writes over whatever record stands": {
    create: withRecords((records) => ({
      writeMany: (writes, call) =>
        records.writeMany(
          writes.map((write) => ({ ...write, ifRevision: undefined })),
          call,
        ),
    })),
    fails: [
      "record-store/1 > tells of each write what became of it, in their order, and makes those that fit",
      "record-store/1 > removes a record that stands at the revision, and no other",
      "record-store/1 > makes a record that was removed anew where nothing is asked, and not where none may have been",
      "record-store/1 > lets one of many writes pass that rest on one revision",
      "record-store/1 > refuses what is not a write, naming the field, and makes none of the call then",
      "record-store/1, changes > tells nothing of writes that were stale or put back",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
    ],
  },
  "makes a removed record anew where none may have been": {
    create: withRecords((records) => ({
      async writeMany(writes, call) {
        const outcomes = await records.writeMany(writes, call);
        const [only] = writes;
        const isGone = outcomes[0]?.status === "stale" && outcomes[0].revision === undefined;
        if (writes.length > 1 || only?.ifRevision !== null || !isGone) return outcomes;
        return records.writeMany([{ ...only, ifRevision: undefined }], call);
      },
    })),
    fails: [
      "record-store/1 > makes a record that was removed anew where nothing is asked, and not where none may have been",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
    ],
  },
  "adds to the fields of a record's own": {
    create: withRecords((records) => ({
      async writeMany(writes, call) {
        const [only] = writes;
        if (writes.length > 1 || only?.op !== "put") return records.writeMany(writes, call);
        const before = await records.get(only.kind, only.id, call).catch(() => undefined);
        const draft = { ...only.draft, custom: { ...before?.custom, ...only.draft.custom } };
        return records.writeMany([{ ...only, draft }], call);
      },
    })),
    fails: ["record-store/1 > replaces the content whole, and keeps when it was made"],
  },
  "says that all of a call's records were written": {
    create: withRecords((records) => ({
      async writeMany(writes, call) {
        const outcomes = await records.writeMany(writes, call);
        return outcomes.map((outcome) =>
          outcome.status === "stale" && outcome.revision !== undefined
            ? { status: "written", revision: outcome.revision }
            : outcome,
        );
      },
    })),
    fails: [
      "record-store/1 > tells of each write what became of it, in their order, and makes those that fit",
      "record-store/1 > removes a record that stands at the revision, and no other",
      "record-store/1 > lets one of many writes pass that rest on one revision",
    ],
  },
  "finds the youngest record first": {
    create: withRecords((records) => ({
      findByKeys: async (kind, keys, call) => [...(await records.findByKeys(kind, keys, call))].reverse(),
    })),
    fails: ["record-store/1 > finds records of a kind by any of their keys, oldest first, each once"],
  },
  "finds a record once for each of its keys": {
    create: withRecords((records) => ({
      async findByKeys(kind, keys, call) {
        const found = await records.findByKeys(kind, keys, call);
        return keys.length > 3 && keys.length < 9 ? [...found, ...found] : found;
      },
    })),
    fails: ["record-store/1 > finds records of a kind by any of their keys, oldest first, each once"],
  },
  "leaves out records that are not there": {
    create: withRecords((records) => ({
      getMany: async (kind, ids, call) => (await records.getMany(kind, ids, call)).filter(Boolean),
    })),
    fails: [
      "record-store/1 > tells of each write what became of it, in their order, and makes those that fit",
      "record-store/1 > removes a record that stands at the revision, and no other",
    ],
  },
  "counts contacts only": {
    create: withRecords((records) => ({
      count: async (kind, call) => {
        const count = await records.count(kind, call);
        return kind === "company" ? 0 : count;
      },
    })),
    fails: [
      "record-store/1 > lists and counts the records of a kind in the order of their creation, page by page",
    ],
  },
  "tells of no removals": {
    create: withRecords((records) => ({
      changes: async (kind, from, call) => ({ ...(await records.changes(kind, from, call)), removed: [] }),
    })),
    fails: [
      "record-store/1, changes > goes on page by page to the same end, and says whether there is more",
      "record-store/1, changes > tells of removals without their content, also where it ended in another record",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
    ],
  },
  "never says that more has changed": {
    create: withRecords((records) => ({
      changes: async (kind, from, call) => ({ ...(await records.changes(kind, from, call)), more: false }),
    })),
    fails: ["record-store/1, changes > goes on page by page to the same end, and says whether there is more"],
  },
  "tells the first change of a page again": {
    create: withRecords((records) => ({
      async changes(kind, from, call) {
        const page = await records.changes(kind, from, call);
        return { ...page, records: [...page.records.slice(0, 1), ...page.records] };
      },
    })),
    fails: [
      "record-store/1, changes > tells what was written after a cursor, in the order of writing, each record once as it is now",
      "record-store/1, changes > goes on page by page to the same end, and says whether there is more",
      "record-store/1, changes > tells of removals without their content, also where it ended in another record",
      "record-store/1, changes > keeps kinds apart, and begins where nothing was written",
      "transactions over the stores of syncs > keeps a page of records, their links and the cursor together",
      "sync stores, lifecycle > keep to their tenant, though names and ids are the same",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
      "erasure-store/1, syncs > erases mentions in other records, and their keys that mention the person",
    ],
  },
  "begins the feed anew for a cursor that it does not know": {
    create: withRecords((records) => ({
      changes: (kind, from, call) =>
        records.changes(kind, /^\d*$/.test(from?.cursor ?? "") ? from : { ...from, cursor: undefined }, call),
    })),
    fails: ["record-store/1, changes > refuses limits out of range, and cursors of its own making"],
  },
  "tells changes as they are asked for, and not as they come to stand": {
    create: withEarlyFeed,
    fails: [
      "record-store/1, changes > tells nothing of writes that were stale or put back",
      "record-store/1, changes > loses nothing of a transaction that commits after a later write was told",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
    ],
  },
};
