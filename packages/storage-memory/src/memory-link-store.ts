import type {
  CrmLink,
  LinkCount,
  LinkDraft,
  LinkedRecordMade,
  LinkFilter,
  LinkStanding,
  LinkStore,
  LinkWritten,
} from "@salesagent/ports";
import {
  compareLinkCounts,
  type LinkedRecords,
  type NormalLinkedRecord,
  type NormalLinkWrite,
  toFlatRecord,
  toNormalHint,
  toNormalKind,
  toNormalLinkedRecords,
  toNormalLinkFilter,
  toNormalLinkWant,
  toNormalLinkWrites,
  toNormalName,
  toNormalPage,
  toStorable,
} from "@salesagent/ports/store-rules";
import { type LinkRow, toLinkRowId } from "./link-table.js";
import { putRecord } from "./memory-record-store.js";
import { toRowId } from "./record-table.js";
import { now, type StoreContext } from "./store-context.js";

function earlier(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}

/** A link with another time at which it is due, or with none. */
function withDue({ dueAt: _dueAt, ...link }: CrmLink, dueAt: string | undefined): CrmLink {
  return Object.freeze(dueAt === undefined ? link : { ...link, dueAt });
}

/** A link as it is read at an instant: one that nobody works on any more is due since then. */
function readAt({ link, leaseUntil }: LinkRow, instant: string): CrmLink {
  if (leaseUntil === undefined || leaseUntil > instant) return link;
  return withDue(link, earlier(link.dueAt, leaseUntil));
}

/** How a link stands; nothing for one that has no id in the CRM. */
function toStanding(link: CrmLink): LinkStanding | undefined {
  const { recordId, crmId, state, crmHash, removal, notes, base, createdAt } = link;
  if (crmId === undefined) return undefined;
  return Object.freeze({
    ...{ recordId, crmId, state, createdAt, hasBase: base !== undefined },
    ...(crmHash !== undefined && { crmHash }),
    ...(removal !== undefined && { removal }),
    ...(notes !== undefined && { notes }),
  });
}

/** Whether it is due or being worked on. */
function isOpenAt({ link, leaseUntil }: LinkRow, instant: string): boolean {
  return leaseUntil !== undefined || (link.dueAt !== undefined && link.dueAt <= instant);
}

function toTest({ kind, state, removal, since }: LinkFilter): (row: LinkRow) => boolean {
  return ({ link }) =>
    (kind === undefined || link.kind === kind) &&
    (state === undefined || link.state === state) &&
    (removal === undefined || link.removal === removal) &&
    (since === undefined || link.updatedAt >= since);
}

/** What the CRM's id of a link is found by. */
function toCrmKey(connection: string, kind: CrmLink["kind"], crmId: string): string {
  return JSON.stringify([connection, kind, crmId]);
}

function isRecordKnown(
  { records, recordRemovals }: StoreContext["rows"],
  kind: CrmLink["kind"],
  recordId: string,
): boolean {
  const rowId = toRowId(kind, recordId);
  return records.get(rowId) !== undefined || recordRemovals.get(rowId) !== undefined;
}

export function createMemoryLinkStore({ rows, clock, admit }: StoreContext): LinkStore {
  const { links, linkCrmIds } = rows;

  const rowByCrmId = (connection: string, kind: CrmLink["kind"], crmId: string): LinkRow | undefined => {
    const rowId = linkCrmIds.get(toCrmKey(connection, kind, crmId));
    return rowId === undefined ? undefined : links.get(rowId);
  };

  const moveCrmId = (rowId: string, before: CrmLink | undefined, { connection, kind, crmId }: CrmLink) => {
    if (before?.crmId === crmId) return;
    if (before?.crmId !== undefined) linkCrmIds.delete(toCrmKey(connection, kind, before.crmId));
    if (crmId !== undefined) linkCrmIds.set(toCrmKey(connection, kind, crmId), rowId);
  };

  const write = ({ link, ifRevision, keepDue, keepLease }: NormalLinkWrite): LinkWritten => {
    const rowId = toLinkRowId(link);
    const before = links.get(rowId);
    if (ifRevision !== undefined && ifRevision !== (before?.link.revision ?? null)) {
      return before === undefined ? { status: "stale" } : { status: "stale", revision: before.link.revision };
    }
    const holder =
      link.crmId === undefined ? undefined : rowByCrmId(link.connection, link.kind, link.crmId)?.link;
    if (holder !== undefined && holder.recordId !== link.recordId) {
      return { status: "taken", recordId: holder.recordId };
    }
    const updatedAt = now(clock);
    const revision = (before?.link.revision ?? 0) + 1;
    const createdAt = before?.link.createdAt ?? updatedAt;
    const dueAt = keepDue ? earlier(before?.link.dueAt, link.dueAt) : link.dueAt;
    const next = withDue({ ...link, revision, createdAt, updatedAt }, dueAt);
    moveCrmId(rowId, before?.link, next);
    const row = Object.freeze({ link: next, leaseUntil: keepLease ? before?.leaseUntil : undefined });
    if (before === undefined) links.insert(rowId, Date.parse(createdAt), row);
    else links.replace(rowId, row);
    return { status: "written", revision };
  };

  const make = (
    { connection, kind }: LinkedRecords,
    { draft, notes, dueAt, ...ids }: NormalLinkedRecord,
  ): LinkedRecordMade => {
    const { recordId, crmId, crmHash, crmUpdatedAt } = ids;
    const holder =
      rowByCrmId(connection, kind, crmId) ?? links.get(toLinkRowId({ connection, kind, recordId }));
    if (holder !== undefined && !isRecordKnown(rows, kind, recordId)) {
      return { status: "taken", recordId: holder.link.recordId };
    }
    const put = putRecord({ rows, clock }, { op: "put", kind, id: recordId, draft, ifRevision: null });
    if (put.status === "stale") return { status: "stale" };
    const values = Object.freeze(toFlatRecord(draft));
    const link: LinkDraft = {
      ...{ connection, kind, recordId, crmId, state: "linked", failures: 0 },
      ...{ base: Object.freeze({ app: values, crm: values }), recordRevision: put.revision },
      ...(crmHash !== undefined && { crmHash }),
      ...(crmUpdatedAt !== undefined && { crmUpdatedAt }),
      ...(notes !== undefined && { notes }),
      ...(dueAt !== undefined && { dueAt }),
    };
    write({ link, ifRevision: null, keepDue: false, keepLease: false });
    return { status: "made" };
  };

  const hint = ({ link, leaseUntil }: LinkRow, dueAt: string): void => {
    const due = earlier(link.dueAt, dueAt);
    if (due !== link.dueAt) {
      links.replace(toLinkRowId(link), Object.freeze({ link: withDue(link, due), leaseUntil }));
    }
  };

  return {
    port: "link-store/1",
    async findByRecords(connection, kind, ids, call) {
      admit("links", call);
      toNormalName("links", "connection", connection);
      toNormalKind("links", "kind", kind);
      const instant = now(clock);
      return toStorable("links", "ids", ids).map((recordId) => {
        const row = links.get(toLinkRowId({ connection, kind, recordId }));
        return row === undefined ? undefined : readAt(row, instant);
      });
    },
    async findByCrmIds(connection, kind, ids, call) {
      admit("links", call);
      toNormalName("links", "connection", connection);
      toNormalKind("links", "kind", kind);
      const instant = now(clock);
      return toStorable("links", "ids", ids).map((crmId) => {
        const row = rowByCrmId(connection, kind, crmId);
        return row === undefined ? undefined : readAt(row, instant);
      });
    },
    async findStandings(connection, kind, ids, call) {
      admit("links", call);
      toNormalName("links", "connection", connection);
      toNormalKind("links", "kind", kind);
      return toStorable("links", "ids", ids).map((crmId) => {
        const row = rowByCrmId(connection, kind, crmId);
        return row === undefined ? undefined : toStanding(row.link);
      });
    },
    async writeMany(writes, call) {
      admit("links", call);
      return toNormalLinkWrites(writes).map(write);
    },
    async makeRecords(want, call) {
      admit("links", call);
      const normal = toNormalLinkedRecords(want);
      return normal.records.map((record) => make(normal, record));
    },
    async hint(want, call) {
      admit("links", call);
      const { connection, kind, dueAt, recordIds, crmIds } = toNormalHint(want);
      const found = new Set([
        ...recordIds.map((recordId) => links.get(toLinkRowId({ connection, kind, recordId }))),
        ...crmIds.map((crmId) => rowByCrmId(connection, kind, crmId)),
      ]);
      let count = 0;
      for (const row of found) {
        if (row === undefined || row.link.state === "removed" || row.link.state === "erased") continue;
        hint(row, dueAt);
        count += 1;
      }
      return count;
    },
    async claim(want, call) {
      admit("links", call);
      const { connection, kinds, leaseMs, limit } = toNormalLinkWant(want);
      const nowMs = clock.now();
      const leaseUntil = new Date(nowMs + leaseMs).toISOString();
      return links.firstDue({ connection, kinds, nowMs, limit }).map(({ link }) => {
        const claimed = withDue({ ...link, revision: link.revision + 1 }, undefined);
        links.replace(toLinkRowId(link), Object.freeze({ link: claimed, leaseUntil }));
        return claimed;
      });
    },
    async list(connection, filter = {}, page, call) {
      admit("links", call);
      const instant = now(clock);
      const scan = { page: toNormalPage("links", page), where: toTest(toNormalLinkFilter(filter)) };
      const { items, ...next } = links.page(scan, toNormalName("links", "connection", connection));
      return { items: items.map((row) => readAt(row, instant)), ...next };
    },
    async listStandings(connection, filter = {}, page, call) {
      admit("links", call);
      const test = toTest(toNormalLinkFilter(filter));
      const where = (row: LinkRow) => row.link.crmId !== undefined && test(row);
      const scan = { page: toNormalPage("links", page), where };
      const { items, ...next } = links.page(scan, toNormalName("links", "connection", connection));
      return { items: items.flatMap(({ link }) => toStanding(link) ?? []), ...next };
    },
    async count(connection, filter = {}, call) {
      admit("links", call);
      const instant = now(clock);
      const test = toTest(toNormalLinkFilter(filter));
      const counts = new Map<string, LinkCount>();
      const add = (row: LinkRow): boolean => {
        const { kind, state } = row.link;
        const { links: sum, due } = counts.get(`${kind}/${state}`) ?? { links: 0, due: 0 };
        const isDue = isOpenAt(row, instant);
        counts.set(`${kind}/${state}`, { kind, state, links: sum + 1, due: isDue ? due + 1 : due });
        return true;
      };
      links.count((row) => test(row) && add(row), toNormalName("links", "connection", connection));
      return [...counts.values()].sort(compareLinkCounts);
    },
  };
}
