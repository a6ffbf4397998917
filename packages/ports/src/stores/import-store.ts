import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";

/** How far an import of leads has come. Saved with each batch, so that a dead one goes on where it stopped. */
export interface ImportRecord {
  /** Names the source and the way it is read: the same file with the same mapping has the same id. */
  readonly id: string;
  readonly source: string;
  readonly status: "running" | "completed";
  /** Data rows dealt with: imported + duplicates + rejected. */
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** What the reader needs to go on; its own shape. */
  readonly position: JsonObject;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** Imports of one tenant. */
export interface ImportStore {
  readonly port: "import-store/1";
  get(id: string, call?: CallOptions): Promise<ImportRecord | undefined>;
  /** Creates or replaces. */
  save(record: ImportRecord, call?: CallOptions): Promise<void>;
}
