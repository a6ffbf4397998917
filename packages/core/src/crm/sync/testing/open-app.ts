import { type CrmDoubleOptions, createCrmDouble, manualClock } from "@salesagent/conformance";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { createEventBus } from "../../../kernel/event-bus.js";
import { matchKeys } from "../../match-keys.js";
import type { CrmConnection } from "../connection.js";
import { createCrmSync } from "../create-crm-sync.js";
import type { SyncProgress } from "../sync-progress.js";

/** An app with one CRM, `close`, all in memory and by one clock. */
export function openApp(double: CrmDoubleOptions = {}, connection: Partial<CrmConnection> = {}) {
  const clock = manualClock();
  const { provider, world } = createCrmDouble({ clock, provider: "close", ...double });
  const storage = memoryStorage({ clock });
  const jobs = memoryJobs({ clock });
  const events = createEventBus();
  const connections = { close: { provider, ...connection } };
  const crmSync = createCrmSync({ storage, connections, jobs, events, clock });
  const acme = storage.tenant("acme");
  const putContact = async (id: string, fields: object) => {
    await acme.records.writeMany([
      { op: "put", kind: "contact", id, draft: { fields, keys: matchKeys("contact", fields) } },
    ]);
  };
  return { clock, world, storage, jobs, events, crmSync, acme, sync: crmSync.tenant("acme"), putContact };
}

/** All that a run tells, to its end. */
export async function eventsOf(run: AsyncIterable<SyncProgress>): Promise<readonly SyncProgress[]> {
  const events: SyncProgress[] = [];
  for await (const event of run) events.push(event);
  return events;
}
