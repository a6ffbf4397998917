import type { InboxStore, LinkDraft, LinkStore, RecordWrite } from "@salesagent/ports";

export const LONG_AGO = "2001-01-01T00:00:00.000Z";
export const FAR_AHEAD = "2999-01-01T00:00:00.000Z";
const LONG_LEASE_MS = 3_600_000;

/** The write of a contact that is found by its id. */
export function contact(id: string, ifRevision?: string | null, title = "CTO"): RecordWrite {
  const draft = { fields: { email: `${id}@fjord.example`, title }, keys: [`email:${id}@fjord.example`] };
  const write = { op: "put" as const, kind: "contact" as const, id, draft };
  return ifRevision === undefined ? write : { ...write, ifRevision };
}

export function link(recordId: string, changes: Partial<LinkDraft> = {}): LinkDraft {
  const ids = { connection: "close", kind: "contact" as const, recordId, crmId: `crm-${recordId}` };
  return { ...ids, state: "linked", failures: 0, ...changes };
}

type LinkWant = Parameters<LinkStore["claim"]>[0];

export function linkWant(changes: Partial<LinkWant> = {}): LinkWant {
  return { connection: "close", kinds: ["contact"], leaseMs: LONG_LEASE_MS, limit: 1000, ...changes };
}

export function webhook(id: string): Parameters<InboxStore["put"]>[0] {
  return { id, source: "close", key: id, body: "e30=", hints: null, receivedAt: LONG_AGO };
}
