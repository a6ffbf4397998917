import type { ConflictFilter, ConflictRecord, ConflictStore } from "@salesagent/ports";
import { toNormalConflicts, toNormalEnds, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

function toTest({ connection, kind, field, status }: ConflictFilter): (conflict: ConflictRecord) => boolean {
  return (conflict) =>
    (connection === undefined || conflict.connection === connection) &&
    (kind === undefined || conflict.kind === kind) &&
    (field === undefined || conflict.field === field) &&
    (status === undefined || conflict.status === status);
}

export function createMemoryConflictStore({ rows, clock, admit }: StoreContext): ConflictStore {
  const { conflicts } = rows;
  return {
    port: "conflict-store/1",
    async addMany(list, call) {
      admit("conflicts", call);
      const added = toNormalConflicts(list).filter(({ id }) => conflicts.get(id) === undefined);
      for (const conflict of added) conflicts.insert(conflict.id, Date.parse(conflict.foundAt), conflict);
      return added.map(({ id }) => id);
    },
    async get(id, call) {
      admit("conflicts", call);
      return conflicts.get(toStorable("conflicts", "id", id));
    },
    async endMany(ends, call) {
      admit("conflicts", call);
      const endedAt = now(clock);
      return toNormalEnds(ends).flatMap(({ id, by, ...end }) => {
        const before = conflicts.get(id);
        if (before?.status !== "open") return [];
        const endedBy = by === undefined ? {} : { endedBy: by };
        conflicts.replace(id, Object.freeze({ ...before, ...end, endedAt, ...endedBy }));
        return id;
      });
    },
    async list(filter = {}, page, call) {
      admit("conflicts", call);
      const { recordId, ...rest } = toStorable("conflicts", "filter", filter);
      const scan = { page: toNormalPage("conflicts", page), descending: true, where: toTest(rest) };
      return conflicts.page(scan, recordId);
    },
    async count(filter = {}, call) {
      admit("conflicts", call);
      const { recordId, ...rest } = toStorable("conflicts", "filter", filter);
      return conflicts.count(toTest(rest), recordId);
    },
  };
}
