import type {
  ConflictRecord,
  CredentialStore,
  DeadLetterStore,
  InboxStore,
  LinkDraft,
  LinkedRecord,
  LinkStore,
  LinkWritten,
  RecordDraft,
  RecordStore,
  RecordWrite,
  RecordWritten,
  SyncEntry,
  SyncRun,
} from "@salesagent/ports";
import { at } from "./sample-records.js";
import { LONG_AGO } from "./sample-shared-state.js";

export const LONG_LEASE_MS = 60_000;

/** An instant that is over by any clock, some seconds after the first of such. */
export function ago(second: number): string {
  return new Date(Date.parse(LONG_AGO) + second * 1000).toISOString();
}

export function sampleContact(
  name: string,
  changes: Partial<RecordDraft<"contact">> = {},
): RecordDraft<"contact"> {
  const email = `${name}@fjord.example`;
  return { fields: { fullName: name, email }, keys: [`email:${email}`], ...changes };
}

/** The write of a contact that is named by its id. */
export function putContact(
  id: string,
  changes: Partial<RecordDraft<"contact">> = {},
  ifRevision?: string | null,
): RecordWrite {
  const write = { op: "put" as const, kind: "contact" as const, id, draft: sampleContact(id, changes) };
  return ifRevision === undefined ? write : { ...write, ifRevision };
}

/** The write of a company that is named by its id. */
export function putCompany(id: string, changes: Partial<RecordDraft<"company">> = {}): RecordWrite {
  const draft = { fields: { name: id }, keys: [`domain:${id}`], ...changes };
  return { op: "put", kind: "company", id, draft };
}

export function removeContact(
  id: string,
  changes: { readonly ifRevision?: string; readonly mergedInto?: string } = {},
): RecordWrite {
  return { op: "remove", kind: "contact", id, ...changes };
}

/** Writes one record. */
export async function writeOne(records: RecordStore, write: RecordWrite): Promise<RecordWritten | undefined> {
  return (await records.writeMany([write]))[0];
}

/** A link of the connection `close` that is in step. */
export function sampleLink(recordId: string, changes: Partial<LinkDraft> = {}): LinkDraft {
  return {
    ...{ connection: "close", kind: "contact", recordId, crmId: `crm-${recordId}` },
    ...{ state: "linked", failures: 0 },
    ...changes,
  };
}

/** A contact of the connection `close` that is named by its id, to be made with its link. */
export function sampleLinkedRecord(recordId: string, changes: Partial<LinkedRecord> = {}): LinkedRecord {
  return { recordId, crmId: `crm-${recordId}`, draft: sampleContact(recordId), ...changes };
}

/** A link that is not in the CRM yet. */
export function newLink(recordId: string, changes: Partial<LinkDraft> = {}): LinkDraft {
  const { crmId: _crmId, ...link } = sampleLink(recordId, { state: "new", ...changes });
  return link;
}

/** Writes one link, over whatever stands. */
export async function linkOne(links: LinkStore, link: LinkDraft): Promise<LinkWritten | undefined> {
  return (await links.writeMany([{ link }]))[0];
}

export async function findLink(links: LinkStore, recordId: string, connection = "close") {
  return (await links.findByRecords(connection, "contact", [recordId]))[0];
}

export function sampleClaim(changes: Partial<Parameters<LinkStore["claim"]>[0]> = {}) {
  return {
    ...{ connection: "close", kinds: ["contact"] as const, leaseMs: LONG_LEASE_MS, limit: 100 },
    ...changes,
  };
}

export async function claimRecordIds(
  links: LinkStore,
  changes: Partial<Parameters<LinkStore["claim"]>[0]> = {},
): Promise<readonly string[]> {
  return (await links.claim(sampleClaim(changes))).map(({ recordId }) => recordId);
}

export function sampleSyncRun(id: string, changes: Partial<SyncRun> = {}): SyncRun {
  return {
    ...{ id, connection: "close", kinds: ["company", "contact"], trigger: "manual" },
    ...{ direction: "both", status: "running", counts: { pulled: 2 }, startedAt: at(0) },
    ...changes,
  };
}

export function sampleSyncEntry(id: string, changes: Partial<SyncEntry> = {}): SyncEntry {
  return {
    ...{ id, connection: "close", kind: "contact", action: "linked" },
    ...{ recordIds: ["1"], crmIds: ["crm-1"], at: at(0) },
    ...changes,
  };
}

export function sampleConflict(id: string, changes: Partial<ConflictRecord> = {}): ConflictRecord {
  return {
    ...{ id, connection: "close", kind: "contact", recordId: "1", field: "title", policy: "review" },
    ...{ base: null, app: "CTO", crm: "CEO", status: "open", foundAt: at(0) },
    ...changes,
  };
}

type LetterDraft = Parameters<DeadLetterStore["add"]>[0];

export function sampleLetter(id: string, changes: Partial<LetterDraft> = {}): LetterDraft {
  return {
    ...{ id, connection: "close", kind: "contact", recordId: "1", operation: "create" },
    ...{ payload: { title: "CTO" }, error: { code: "crm.field_invalid", message: "no" }, addedAt: at(0) },
    ...changes,
  };
}

type InboxDraft = Parameters<InboxStore["put"]>[0];

/** A request whose body is `hello`. */
export function sampleRequest(id: string, changes: Partial<InboxDraft> = {}): InboxDraft {
  return {
    ...{ id, source: "close", key: `key-${id}`, body: "aGVsbG8=", hints: { ids: [id] } },
    receivedAt: at(0),
    ...changes,
  };
}

type CredentialDraft = Parameters<CredentialStore["put"]>[0];

export function sampleCredential(account: string, changes: Partial<CredentialDraft> = {}): CredentialDraft {
  return { platform: "hubspot", account, keyId: "key-1", sealed: "c2VhbGVk", ...changes };
}
