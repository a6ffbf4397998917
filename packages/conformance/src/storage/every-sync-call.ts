import type { CallOptions, TenantStores } from "@salesagent/ports";
import {
  LONG_LEASE_MS,
  putContact,
  sampleClaim,
  sampleConflict,
  sampleCredential,
  sampleLetter,
  sampleLink,
  sampleLinkedRecord,
  sampleRequest,
  sampleSyncEntry,
  sampleSyncRun,
} from "./sample-sync.js";

/** The stores of one tenant that syncs stand on. */
export type SyncStores = Pick<
  TenantStores,
  | "records"
  | "links"
  | "syncCursors"
  | "syncRuns"
  | "conflicts"
  | "deadLetters"
  | "inbox"
  | "rateBudgets"
  | "leases"
  | "credentials"
>;

const window = { name: "hour", limit: 20, windowMs: 3_600_000 };

/** A call of each method of each store that reads, by name. */
function everyRead(
  stores: SyncStores,
  call: CallOptions | undefined,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { records, links, syncCursors, syncRuns, conflicts, deadLetters, inbox, credentials } = stores;
  return {
    "records.get": () => records.get("contact", "1", call),
    "records.getMany": () => records.getMany("contact", ["1"], call),
    "records.findByKeys": () => records.findByKeys("contact", ["email:1@fjord.example"], call),
    "records.changes": () => records.changes("contact", {}, call),
    "records.list": () => records.list("contact", {}, call),
    "records.count": () => records.count("contact", call),
    "links.findByRecords": () => links.findByRecords("close", "contact", ["1"], call),
    "links.findByCrmIds": () => links.findByCrmIds("close", "contact", ["crm-1"], call),
    "links.findStandings": () => links.findStandings("close", "contact", ["crm-1"], call),
    "links.listStandings": () => links.listStandings("close", {}, {}, call),
    "links.list": () => links.list("close", {}, {}, call),
    "links.count": () => links.count("close", {}, call),
    "syncCursors.get": () => syncCursors.get("close", "contact", call),
    "syncCursors.list": () => syncCursors.list("close", call),
    "syncRuns.get": () => syncRuns.get("run-1", call),
    "syncRuns.list": () => syncRuns.list({}, {}, call),
    "syncRuns.entries": () => syncRuns.entries({}, {}, call),
    "conflicts.get": () => conflicts.get("conflict-1", call),
    "conflicts.list": () => conflicts.list({}, {}, call),
    "conflicts.count": () => conflicts.count({}, call),
    "deadLetters.get": () => deadLetters.get("letter-1", call),
    "deadLetters.list": () => deadLetters.list({}, {}, call),
    "deadLetters.count": () => deadLetters.count({}, call),
    "inbox.list": () => inbox.list({}, {}, call),
    "credentials.get": () => credentials.get("hubspot", "main", call),
    "credentials.list": () => credentials.list({}, call),
  };
}

/** The calls that put something where nothing was. */
export function everySyncPut(
  stores: SyncStores,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { records, links, syncCursors, syncRuns, conflicts, deadLetters, inbox } = stores;
  const { rateBudgets, leases, credentials } = stores;
  const cursor = { connection: "close", name: "contact", value: { after: "x" } };
  return {
    "records.writeMany": () => records.writeMany([putContact("1")], call),
    "links.writeMany": () => links.writeMany([{ link: sampleLink("1") }], call),
    "links.makeRecords": () =>
      links.makeRecords({ connection: "close", kind: "contact", records: [sampleLinkedRecord("2")] }, call),
    "syncCursors.put": () => syncCursors.put(cursor, call),
    "syncRuns.put": () => syncRuns.put(sampleSyncRun("run-1"), call),
    "syncRuns.log": () => syncRuns.log([sampleSyncEntry("entry-1")], call),
    "conflicts.addMany": () => conflicts.addMany([sampleConflict("conflict-1")], call),
    "deadLetters.add": () => deadLetters.add(sampleLetter("letter-1"), call),
    "inbox.put": () => inbox.put(sampleRequest("request-1"), call),
    "rateBudgets.take": () => rateBudgets.take({ key: "close", windows: [window], calls: 10 }, call),
    "leases.acquire": () => leases.acquire("token", "me", LONG_LEASE_MS, call),
    "credentials.put": () => credentials.put(sampleCredential("main"), call),
  };
}

/** A call of each method of each store, by name. */
export function everySyncCall(
  stores: SyncStores,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { links, syncCursors, conflicts, deadLetters, inbox, rateBudgets, leases, credentials } = stores;
  const hint = { connection: "close", kind: "contact" as const, dueAt: "2026-05-01T09:00:00Z" };
  return {
    ...everyRead(stores, call),
    ...everySyncPut(stores, call),
    "links.hint": () => links.hint({ ...hint, recordIds: ["1"] }, call),
    "links.claim": () => links.claim(sampleClaim(), call),
    "syncCursors.remove": () => syncCursors.remove("close", "contact", call),
    "conflicts.endMany": () => conflicts.endMany([{ id: "conflict-1", status: "gone" }], call),
    "deadLetters.end": () => deadLetters.end("letter-1", "dropped", "ada", call),
    "inbox.claim": () => inbox.claim({ source: "close", leaseMs: LONG_LEASE_MS, limit: 1 }, call),
    "inbox.settle": () => inbox.settle("request-1", { status: "handled" }, call),
    "rateBudgets.learn": () => rateBudgets.learn({ key: "close", window, remaining: 0 }, call),
    "leases.renew": () => leases.renew("token", "me", LONG_LEASE_MS, call),
    "leases.release": () => leases.release("token", "me", call),
    "credentials.remove": () => credentials.remove("hubspot", "main", call),
  };
}

/** All that the stores of a tenant hold, as far as lists and the samples' names tell. */
export async function readSyncState(stores: SyncStores): Promise<unknown> {
  const { records, links, syncCursors, syncRuns, conflicts, deadLetters, inbox, credentials } = stores;
  return {
    contacts: (await records.list("contact")).items,
    companies: (await records.list("company")).items,
    links: (await links.list("close")).items,
    linkCounts: await links.count("close"),
    syncCursors: await syncCursors.list("close"),
    syncRuns: (await syncRuns.list()).items,
    syncEntries: (await syncRuns.entries()).items,
    conflicts: (await conflicts.list()).items,
    deadLetters: (await deadLetters.list()).items,
    inbox: (await inbox.list()).items,
    credentials: await credentials.list(),
  };
}
