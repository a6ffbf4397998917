import type { FactRecord, JsonObject, PersonalRecords, TenantStorage } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { isFactAbout, toMentions } from "@salesagent/ports/store-rules";
import type { FactBook } from "./fact-book.js";
import type { MemorySettings } from "./memory-settings.js";
import type { ForgetReport, MemoryCall, PersonWish } from "./session-memory.js";

/** What the facts of a person's own are called in a report; jobs likewise. */
const FACTS = "facts";
const JOBS = "jobs";

/** What would be erased of a person, by store. */
export async function findPerson(
  { storage }: MemorySettings,
  person: PersonWish,
  { tenant, signal }: MemoryCall,
): Promise<readonly PersonalRecords[]> {
  const stores = storage.tenant(tenant);
  const found = toCounts(await stores.erasure.find(person, { signal }));
  const mentions = toMentions(person);
  const own = await ownFacts(stores, person, signal);
  // Those that mention the person are counted already.
  const more = own.filter((fact) => !isFactAbout(fact, mentions)).length;
  return toReport(addCount(found, FACTS, more));
}

/** Erases a person everywhere; the audit trail is told of it without their data. */
export async function forgetPerson(
  settings: MemorySettings,
  facts: FactBook,
  person: PersonWish,
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
    await erase(settings, facts, person, call, counts);
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
  facts: FactBook,
  person: PersonWish,
  { tenant, signal }: MemoryCall,
  counts: Map<string, number>,
): Promise<void> {
  const stores = storage.tenant(tenant);
  // Jobs first: one that begins after its data is gone could write it again.
  for (const engine of jobs) {
    addCount(counts, JOBS, await engine.forget({ tenant, mentions: person.mentions }, { signal }));
  }
  for (const { store, records } of await stores.erasure.erase(person, { signal })) {
    addCount(counts, store, records);
  }
  const ids = (await ownFacts(stores, person, signal)).map(({ id }) => id);
  await facts.remove(ids, { tenant, signal });
  addCount(counts, FACTS, ids.length);
}

/** Facts that are filed under the person, or were learnt in their conversations, whether they mention them or not. */
async function ownFacts(
  { facts }: TenantStorage,
  { subjects = [], threadIds = [] }: PersonWish,
  signal: AbortSignal | undefined,
): Promise<readonly FactRecord[]> {
  const own = new Map<string, FactRecord>();
  for (const filter of [
    ...subjects.map((subject) => ({ subject })),
    ...threadIds.map((threadId) => ({ threadId })),
  ]) {
    let after: string | undefined;
    do {
      const page = await facts.list(filter, { after, limit: 1_000 }, { signal });
      for (const fact of page.items) own.set(fact.id, fact);
      after = page.next;
    } while (after !== undefined);
  }
  return [...own.values()];
}

/** @returns The record's id. */
async function audit(
  { storage, clock, createId }: MemorySettings,
  entry: {
    readonly actor: string;
    readonly tenant: string;
    readonly person: PersonWish;
    readonly counts: ReadonlyMap<string, number>;
    readonly end: JsonObject;
  },
): Promise<string> {
  const { actor, tenant, person, counts, end } = entry;
  const id = createId();
  const { mentions, threadIds = [], leadIds = [], subjects = [] } = person;
  const asked = { mentions: mentions.length, threads: threadIds.length, leads: leadIds.length };
  const record = {
    ...{ id, actor, action: "person-forgotten", subject: `erasure:${id}` },
    at: new Date(clock.now()).toISOString(),
    facts: { ...end, asked: { ...asked, subjects: subjects.length }, records: Object.fromEntries(counts) },
  };
  await storage.tenant(tenant).audit.addMany([record]);
  return id;
}

function toCounts(records: readonly PersonalRecords[]): Map<string, number> {
  return new Map(records.map(({ store, records: count }) => [store, count]));
}

function addCount(counts: Map<string, number>, store: string, records: number): Map<string, number> {
  if (records > 0) counts.set(store, (counts.get(store) ?? 0) + records);
  return counts;
}

function toReport(counts: ReadonlyMap<string, number>): readonly PersonalRecords[] {
  return [...counts].map(([store, records]) => ({ store, records }));
}
