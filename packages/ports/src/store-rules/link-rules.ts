import type {
  CrmLink,
  LinkDraft,
  LinkFilter,
  LinkState,
  LinkStore,
  LinkWrite,
} from "../stores/link-store.js";
import type { StoredError } from "../stores/run-store.js";
import { checkWhole, toInstant } from "./field-rules.js";
import { recordKinds, toNormalKind } from "./record-rules.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const LONGEST_NAME = 200;
const LONGEST_LEASE_MS = 86_400_000;
const MOST_CLAIMED = 1000;
const STATES: ReadonlySet<string> = new Set<LinkState>([
  "new",
  "creating",
  "unknown",
  "linked",
  "held",
  "removed",
  "erased",
]);
const REMOVALS: ReadonlySet<string> = new Set<NonNullable<CrmLink["removal"]>>(["to-app", "to-crm"]);

type LinkHint = Parameters<LinkStore["hint"]>[0];
type LinkWant = Parameters<LinkStore["claim"]>[0];

/** A write with its defaults filled in. */
export interface NormalLinkWrite {
  readonly link: LinkDraft;
  readonly ifRevision: number | null | undefined;
  readonly keepDue: boolean;
  readonly keepLease: boolean;
}

/** The name of a CRM, or of a platform or an account: 1–200 characters. @throws `store.invalid`. */
export function toNormalName(store: string, field: string, name: string): string {
  if (typeof name !== "string" || name.length === 0 || name.length > LONGEST_NAME) {
    throw invalidValue(store, field, `a name is a text of 1–${LONGEST_NAME} characters`);
  }
  return toStorable(store, field, name);
}

/** A claim for a time: whole milliseconds up to a day, and how many. @throws `store.invalid`. */
export function checkClaim(
  store: string,
  { leaseMs, limit }: { readonly leaseMs: number; readonly limit: number },
): void {
  checkLeaseMs(store, "want.leaseMs", leaseMs);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_CLAIMED) {
    throw invalidValue(store, "want.limit", `it is not a whole number from 1 to ${MOST_CLAIMED}`);
  }
}

/** @throws `store.invalid`. */
export function checkLeaseMs(store: string, field: string, leaseMs: number): void {
  if (!Number.isInteger(leaseMs) || leaseMs < 0 || leaseMs > LONGEST_LEASE_MS) {
    throw invalidValue(
      store,
      field,
      `a lease is a whole number of milliseconds from 0 to ${LONGEST_LEASE_MS}`,
    );
  }
}

/** A revision that a write rests on: a whole number, null or nothing. @throws `store.invalid`. */
export function toNormalRevision(
  store: string,
  field: string,
  revision: number | null | undefined,
): number | null | undefined {
  if (revision !== undefined && revision !== null) checkWhole(store, field, revision);
  return revision;
}

/** An error as it is kept, with nothing beside its two texts. @throws `store.invalid`. */
export function toNormalError(store: string, field: string, error: StoredError): StoredError {
  for (const name of ["code", "message"] as const) {
    if (typeof error[name] !== "string") throw invalidValue(store, `${field}.${name}`, "it is not a text");
  }
  return toStorable(store, field, { code: error.code, message: error.message });
}

/** @throws `store.invalid` naming `writes[i].…`, also where two are of one record. */
export function toNormalLinkWrites(writes: readonly LinkWrite[]): readonly NormalLinkWrite[] {
  const seen = new Set<string>();
  return writes.map(({ link, ifRevision, keepDue = true, keepLease = false }, index) => {
    const field = `writes[${index}]`;
    const normal = toNormalLink(`${field}.link`, link);
    const key = JSON.stringify([normal.connection, normal.kind, normal.recordId]);
    if (seen.has(key)) {
      throw invalidValue("links", `${field}.link.recordId`, "an earlier write is of the same record");
    }
    seen.add(key);
    const rests = toNormalRevision("links", `${field}.ifRevision`, ifRevision);
    return { link: normal, ifRevision: rests, keepDue, keepLease };
  });
}

/** Each id once. @throws `store.invalid`. */
export function toNormalHint({ connection, kind, dueAt, recordIds = [], crmIds = [] }: LinkHint): {
  readonly [Part in keyof LinkHint]-?: NonNullable<LinkHint[Part]>;
} {
  return {
    connection: toNormalName("links", "want.connection", connection),
    kind: toNormalKind("links", "want.kind", kind),
    dueAt: toInstant("links", "want.dueAt", dueAt),
    recordIds: toIds("want.recordIds", recordIds),
    crmIds: toIds("want.crmIds", crmIds),
  };
}

/** Each kind once. @throws `store.invalid`. */
export function toNormalLinkWant({ connection, kinds, leaseMs, limit }: LinkWant): LinkWant {
  checkClaim("links", { leaseMs, limit });
  if (!Array.isArray(kinds)) throw invalidValue("links", "want.kinds", "it is not a list");
  const each = kinds.map((kind, index) => toNormalKind("links", `want.kinds[${index}]`, kind));
  const name = toNormalName("links", "want.connection", connection);
  return { connection: name, kinds: [...new Set(each)], leaseMs, limit };
}

/** @throws `store.invalid`. */
export function toNormalLinkFilter(filter: LinkFilter): LinkFilter {
  const { since, ...rest } = toStorable("links", "filter", filter);
  return since === undefined ? rest : { ...rest, since: toInstant("links", "filter.since", since) };
}

function toIds(field: string, ids: readonly string[]): readonly string[] {
  if (!Array.isArray(ids)) throw invalidValue("links", field, "it is not a list");
  return [...new Set(ids.map((id, index) => toNormalId("links", `${field}[${index}]`, id)))];
}

function toNormalLink(field: string, link: LinkDraft): LinkDraft {
  const {
    crmId,
    state,
    base,
    recordRevision,
    crmHash,
    crmUpdatedAt,
    removal,
    notes,
    failures,
    error,
    dueAt,
  } = link;
  if (!STATES.has(state)) {
    throw invalidValue("links", `${field}.state`, `it is not one of ${[...STATES].join(", ")}`);
  }
  if (removal !== undefined && !REMOVALS.has(removal)) {
    throw invalidValue("links", `${field}.removal`, `it is not one of ${[...REMOVALS].join(", ")}`);
  }
  if (base !== undefined && !(isPlainObject(base.app) && isPlainObject(base.crm))) {
    throw invalidValue("links", `${field}.base`, "it is not one object for each side");
  }
  if (notes !== undefined && !isPlainObject(notes)) {
    throw invalidValue("links", `${field}.notes`, "it is not an object");
  }
  checkWhole("links", `${field}.failures`, failures);
  const normal: { -readonly [Part in keyof LinkDraft]: LinkDraft[Part] } = {
    connection: toNormalName("links", `${field}.connection`, link.connection),
    kind: toNormalKind("links", `${field}.kind`, link.kind),
    recordId: toNormalId("links", `${field}.recordId`, link.recordId),
    ...{ state, failures },
  };
  if (crmId !== undefined) normal.crmId = toNormalId("links", `${field}.crmId`, crmId);
  if (base !== undefined) normal.base = toNormalBase(`${field}.base`, base);
  if (recordRevision !== undefined) {
    normal.recordRevision = toNormalText(`${field}.recordRevision`, recordRevision);
  }
  if (crmHash !== undefined) normal.crmHash = toNormalText(`${field}.crmHash`, crmHash);
  if (crmUpdatedAt !== undefined) normal.crmUpdatedAt = toNormalText(`${field}.crmUpdatedAt`, crmUpdatedAt);
  if (removal !== undefined) normal.removal = removal;
  if (notes !== undefined) normal.notes = toStorable("links", `${field}.notes`, notes);
  if (error !== undefined) normal.error = toNormalError("links", `${field}.error`, error);
  if (dueAt !== undefined) normal.dueAt = toInstant("links", `${field}.dueAt`, dueAt);
  return Object.freeze(normal);
}

/** Both sides mostly say the same, in one object: it is copied once. */
function toNormalBase(
  field: string,
  { app, crm }: NonNullable<LinkDraft["base"]>,
): NonNullable<LinkDraft["base"]> {
  const copy = toStorable("links", `${field}.app`, app);
  return Object.freeze({ app: copy, crm: crm === app ? copy : toStorable("links", `${field}.crm`, crm) });
}

function toNormalText(field: string, text: string): string {
  if (typeof text !== "string") throw invalidValue("links", field, "it is not a text");
  return toStorable("links", field, text);
}

/** How links are counted: by kind in the order of {@link recordKinds}, then by state. */
export function compareLinkCounts(
  left: { readonly kind: CrmLink["kind"]; readonly state: LinkState },
  right: { readonly kind: CrmLink["kind"]; readonly state: LinkState },
): number {
  if (left.kind !== right.kind) return recordKinds.indexOf(left.kind) - recordKinds.indexOf(right.kind);
  const order = [...STATES];
  return order.indexOf(left.state) - order.indexOf(right.state);
}
