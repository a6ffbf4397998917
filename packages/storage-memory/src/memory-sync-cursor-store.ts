import type { SyncCursorStore } from "@salesagent/ports";
import { toNormalCursor, toNormalId, toNormalName } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

function toKey(connection: string, name: string): string {
  return JSON.stringify([
    toNormalName("syncCursors", "connection", connection),
    toNormalId("syncCursors", "name", name),
  ]);
}

export function createMemorySyncCursorStore({ rows, clock, admit }: StoreContext): SyncCursorStore {
  const { syncCursors } = rows;
  return {
    port: "sync-cursor-store/1",
    async get(connection, name, call) {
      admit("syncCursors", call);
      return syncCursors.get(toKey(connection, name));
    },
    async put(cursor, call) {
      admit("syncCursors", call);
      const { ifRevision, ...content } = toNormalCursor(cursor);
      const key = toKey(content.connection, content.name);
      const before = syncCursors.get(key);
      if (ifRevision !== undefined && ifRevision !== (before?.revision ?? null)) return undefined;
      const revision = (before?.revision ?? 0) + 1;
      syncCursors.set(key, Object.freeze({ ...content, revision, updatedAt: now(clock) }));
      return revision;
    },
    async list(connection, call) {
      admit("syncCursors", call);
      toNormalName("syncCursors", "connection", connection);
      return [...syncCursors.entries()]
        .flatMap(([, cursor]) => (cursor.connection === connection ? cursor : []))
        .sort((left, right) => (left.name < right.name ? -1 : 1));
    },
    async remove(connection, name, call) {
      admit("syncCursors", call);
      syncCursors.delete(toKey(connection, name));
    },
  };
}
