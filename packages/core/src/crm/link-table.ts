import type { CrmLink, CrmRecord, JsonObject, JsonValue, RecordKind, StoredRecord } from "@salesagent/ports";
import { isLinkName, linkedKind, linkName, toValues } from "./record-values.js";
import { KIND_ORDER, rulesOf, type SyncContext, type SyncStores } from "./sync-context.js";

type LinkEnds = Pick<CrmLink, "recordId" | "crmId" | "state">;

/** Ids of both sides, for what records hang on: the two sides compare only links whose both ends are known on both. */
export class LinkTable {
  readonly #byRecord = new Map<string, LinkEnds>();
  readonly #byCrm = new Map<string, LinkEnds>();

  add(kind: RecordKind, link: LinkEnds): void {
    this.#byRecord.set(`${kind}/${link.recordId}`, link);
    if (link.crmId !== undefined) this.#byCrm.set(`${kind}/${link.crmId}`, link);
  }

  linkOfRecord(kind: RecordKind, recordId: string): LinkEnds | undefined {
    return this.#byRecord.get(`${kind}/${recordId}`);
  }

  linkOfCrmId(kind: RecordKind, crmId: string): LinkEnds | undefined {
    return this.#byCrm.get(`${kind}/${crmId}`);
  }

  /** The app's ids of those that the CRM names, as far as they are linked. */
  toRecordIds(kind: RecordKind, crmIds: readonly string[]): readonly string[] {
    return crmIds.flatMap((id) => {
      const link = this.linkOfCrmId(kind, id);
      return link && isUsable(link) ? [link.recordId] : [];
    });
  }

  /** The CRM's ids of those that the app names, as far as they are linked. */
  toCrmIds(kind: RecordKind, recordIds: readonly string[]): readonly string[] {
    return recordIds.flatMap((id) => {
      const link = this.linkOfRecord(kind, id);
      return link && isUsable(link) && link.crmId !== undefined ? [link.crmId] : [];
    });
  }
}

/** Whether a link's two ends stand, as far as is known. */
export const isUsable = ({ state }: Pick<CrmLink, "state">): boolean =>
  state !== "removed" && state !== "erased";

/** Reads what the records of a batch hang on: two statements for each kind that is linked, and none where none is. */
export async function readLinkTable(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  sides: {
    readonly app: readonly (StoredRecord | undefined)[];
    readonly crm: readonly (CrmRecord | undefined)[];
  },
): Promise<LinkTable> {
  const table = new LinkTable();
  const { connection, signal } = context;
  for (const linked of linkedKinds(context, kind)) {
    const recordIds = idsOf(sides.app, linked);
    const crmIds = idsOf(sides.crm, linked);
    const found = await Promise.all([
      recordIds.length === 0 ? [] : stores.links.findByRecords(connection, linked, recordIds, { signal }),
      crmIds.length === 0 ? [] : stores.links.findStandings(connection, linked, crmIds, { signal }),
    ]);
    for (const link of found.flat()) if (link) table.add(linked, link);
  }
  return table;
}

/** What the app has in the fields of a kind's rules, its links as the CRM can know them. */
export function appValues(
  context: SyncContext,
  record: Pick<StoredRecord, "kind" | "fields" | "custom" | "links">,
  table: LinkTable,
): JsonObject {
  const values = toValues(record, Object.keys(rulesOf(context, record.kind)));
  return withLinks(values, (kind, ids) => table.toRecordIds(kind, table.toCrmIds(kind, ids)));
}

/** What the CRM has in the fields of a kind's rules, its links by the app's ids. */
export function crmValues(context: SyncContext, record: CrmRecord, table: LinkTable): JsonObject {
  const values = toValues(record, Object.keys(rulesOf(context, record.kind as RecordKind)));
  return withLinks(values, (kind, ids) => table.toRecordIds(kind, ids));
}

/** Whether a record hangs on one that is to be linked yet, so that a later look will see more. */
export function awaitsLinks(
  context: SyncContext,
  kind: RecordKind,
  sides: { readonly app?: StoredRecord | undefined; readonly crm?: CrmRecord | undefined },
  table: LinkTable,
): boolean {
  return linkedKinds(context, kind).some((linked) => {
    const ours = sides.app?.links[linked] ?? [];
    const theirs = sides.crm?.links[linked] ?? [];
    return (
      ours.some((id) => isAwaited(table.linkOfRecord(linked, id))) ||
      theirs.some((id) => table.linkOfCrmId(linked, id) === undefined)
    );
  });
}

/** Without a link, or with one that has no end in the CRM yet. */
function isAwaited(link: LinkEnds | undefined): boolean {
  if (!link) return true;
  return link.crmId === undefined && isUsable(link);
}

function linkedKinds(context: SyncContext, kind: RecordKind): readonly RecordKind[] {
  const rules = rulesOf(context, kind);
  return KIND_ORDER.filter(
    (linked) => context.kinds.includes(linked) && rules[linkName(linked)] !== undefined,
  );
}

function idsOf(
  records: readonly ({ readonly links: { readonly [Kind in RecordKind]?: readonly string[] } } | undefined)[],
  kind: RecordKind,
): readonly string[] {
  const ids = new Set<string>();
  for (const record of records) for (const id of record?.links[kind] ?? []) ids.add(id);
  return [...ids];
}

function withLinks(
  values: JsonObject,
  translate: (kind: RecordKind, ids: readonly string[]) => readonly string[],
): JsonObject {
  const names = Object.keys(values).filter(isLinkName);
  if (names.length === 0) return values;
  const translated: Record<string, JsonValue> = { ...values };
  for (const name of names) {
    const ids = translate(linkedKind(name), values[name] as readonly string[]);
    if (ids.length === 0) delete translated[name];
    else translated[name] = [...new Set(ids)];
  }
  return translated;
}
