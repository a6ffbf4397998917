import { type CrmDoubleOptions, createCrmDouble, manualClock } from "@salesagent/conformance";
import type { RecordKind } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { createSyncContext, type SyncContextOptions } from "../create-sync-context.js";
import { matchKeys } from "../match-keys.js";
import type { SyncEvent } from "../sync-context.js";

/** An app and a CRM in memory with one clock, and a sync between them. */
export function openSync(
  double: CrmDoubleOptions = {},
  options: Partial<Omit<SyncContextOptions, "provider" | "storage">> = {},
) {
  const clock = manualClock();
  const { provider, world } = createCrmDouble({ clock, ...double });
  const storage = memoryStorage({ clock }).tenant("acme");
  const told: SyncEvent[] = [];
  const context = createSyncContext({
    ...{ connection: "double", provider, storage, clock },
    tell: (event) => told.push(event),
    ...options,
  });
  const putInApp = async (kind: RecordKind, id: string, fields: object) => {
    const draft = { fields, keys: matchKeys(kind, fields) };
    await storage.records.writeMany([{ op: "put", kind, id, draft }]);
  };
  return { context, provider, world, storage, clock, told, putInApp };
}
