import { type JsonObject, type PersonalRecords, type PersonQuery, SalesAgentError } from "@salesagent/ports";
import { toMentions } from "@salesagent/ports/store-rules";
import type { MemorySettings } from "./memory-settings.js";
import type { ForgetReport, MemoryCall } from "./session-memory.js";

/** What jobs are called in a report. */
const JOBS = "jobs";

/** Erases a person everywhere; the audit trail is told of it without their data. */
export async function forgetPerson(
  settings: MemorySettings,
  person: PersonQuery,
  call: MemoryCall & { readonly by: string },
): Promise<ForgetReport> {
  const { by } = call;
  if (typeof by !== "string" || by.trim() === "") {
    throw new TypeError("forget options.by must name who asked for it, such as user:42");
  }
  // Before anything is erased: what can't be looked for is refused here.
  const actor = toMentions(person).erasedFrom(by);
  const counts = new Map<string, number>();
  const entry = { actor, person, counts, tenant: call.tenant };
  try {
    await erase(settings, person, call, counts);
  } catch (error) {
    const end = { completed: false, errorCode: codeOf(error, call.signal) };
    // What stopped the erasure tells more than a second failure would.
    await audit(settings, { ...entry, end }).catch(() => {});
    throw error;
  }
  const auditId = await audit(settings, { ...entry, end: { completed: true } });
  return { stores: toReport(counts), auditId };
}

function codeOf(error: unknown, signal: AbortSignal | undefined): string {
  if (signal?.aborted) return "aborted";
  return SalesAgentError.is(error) ? error.code : "internal";
}

async function erase(
  { storage, jobs }: MemorySettings,
  person: PersonQuery,
  { tenant, signal }: MemoryCall,
  counts: Map<string, number>,
): Promise<void> {
  // Jobs first: one that begins after its data is gone could write it again.
  for (const engine of jobs) {
    addCount(counts, JOBS, await engine.forget({ tenant, mentions: person.mentions }, { signal }));
  }
  for (const { store, records } of await storage.tenant(tenant).erasure.erase(person, { signal })) {
    addCount(counts, store, records);
  }
}

/** @returns The record's id. */
async function audit(
  { storage, clock, createId }: MemorySettings,
  entry: {
    readonly actor: string;
    readonly tenant: string;
    readonly person: PersonQuery;
    readonly counts: ReadonlyMap<string, number>;
    readonly end: JsonObject;
  },
): Promise<string> {
  const { actor, tenant, person, counts, end } = entry;
  const id = createId();
  const { mentions, threadIds = [], leadIds = [], subjects = [], recordIds = [] } = person;
  const asked = {
    ...{ mentions: mentions.length, threads: threadIds.length, leads: leadIds.length },
    ...{ subjects: subjects.length, contacts: recordIds.length },
  };
  const record = {
    ...{ id, actor, action: "person-forgotten", subject: `erasure:${id}` },
    at: new Date(clock.now()).toISOString(),
    facts: { ...end, asked, records: Object.fromEntries(counts) },
  };
  await storage.tenant(tenant).audit.addMany([record]);
  return id;
}

function addCount(counts: Map<string, number>, store: string, records: number): void {
  if (records > 0) counts.set(store, (counts.get(store) ?? 0) + records);
}

function toReport(counts: ReadonlyMap<string, number>): readonly PersonalRecords[] {
  return [...counts].map(([store, records]) => ({ store, records }));
}
