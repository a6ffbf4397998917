import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";

/** How far a sync has come with one thing, such as `contact/changes`. */
export interface SyncCursor {
  readonly connection: string;
  /** 1–400 characters; unique with the connection. */
  readonly name: string;
  /** The CRM's own texts, and what else it needs to go on. */
  readonly value: JsonObject;
  /** Rises with every write. */
  readonly revision: number;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
}

/** Where the syncs of one tenant go on. */
export interface SyncCursorStore {
  readonly port: "sync-cursor-store/1";
  get(connection: string, name: string, call?: CallOptions): Promise<SyncCursor | undefined>;
  /**
   * @param cursor.ifRevision - What it rests on; null where none may stand, absent for whatever stands.
   * @returns The new revision; nothing when another stands, and nothing is changed then.
   */
  put(
    cursor: Pick<SyncCursor, "connection" | "name" | "value"> & {
      readonly ifRevision?: number | null | undefined;
    },
    call?: CallOptions,
  ): Promise<number | undefined>;
  /** In the order of their names. */
  list(connection: string, call?: CallOptions): Promise<readonly SyncCursor[]>;
  /** Passes over one that is not there. */
  remove(connection: string, name: string, call?: CallOptions): Promise<void>;
}
