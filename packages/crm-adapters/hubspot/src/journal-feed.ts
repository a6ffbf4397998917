import type { ServiceClient } from "@salesagent/core/http";
import type { CrmCallOptions, CrmChanges, CrmKind, CrmRemoval } from "@salesagent/ports";
import { cursorState, cursorText, numberOf, stringOf } from "./cursor.js";
import type { HubspotJournalOptions } from "./hubspot-options.js";
import { type ObjectCalls, passed } from "./object-calls.js";
import { toRecordId, typeOfId } from "./object-types.js";
import { type Fields, isFields, listOf, textOf, textsOf } from "./read-json.js";
import { readRecords } from "./read-records.js";

/** What the journal is read with. */
export interface JournalParts {
  readonly calls: ObjectCalls;
  /** With tokens of the journal's own. */
  readonly client: ServiceClient;
  readonly options: HubspotJournalOptions;
}

/** Where a reader is. */
interface JournalPlace {
  /** The last file that was read; absent before the first. */
  readonly offset: string | undefined;
  /** The latest event so far, in milliseconds: where a search takes over if the journal has lost the place. */
  readonly atMs: number;
}

/** True for a cursor of the journal; others are of searches. */
export const isJournalCursor = (kind: CrmKind, cursor: string): boolean =>
  stringOf(cursorState(kind, cursor), "feed") === "journal";

/** The time that a cursor of the journal has come to, ISO 8601. */
export function journalCursorTime(kind: CrmKind, cursor: string): string {
  return new Date(numberOf(cursorState(kind, cursor), "at") ?? 0).toISOString();
}

/**
 * What changed, by the journal: a file of events at a time, whose records are read as they stand.
 *
 * @returns Whether the journal still knew the place; it goes back for three days.
 */
export async function* journalRecords<Kind extends CrmKind>(
  parts: JournalParts,
  kind: Kind,
  from: { readonly cursor: string } | { readonly since: string },
  call?: CrmCallOptions,
): AsyncGenerator<CrmChanges<Kind>, boolean, undefined> {
  let place = placeOf(kind, from);
  for (;;) {
    const link = await nextLink(parts, place, call);
    if (link === "lost") return false;
    if (link === undefined) {
      yield { records: [], removed: [], cursor: placeText(place), more: false };
      return true;
    }
    const events = (await eventsAt(parts, link.url, call)).filter((event) => isOurs(parts, kind, event));
    const fresh = events.filter((event) => place.offset !== undefined || timeOf(event) >= place.atMs);
    place = {
      offset: link.offset,
      atMs: events.reduce((latest, event) => Math.max(latest, timeOf(event)), place.atMs),
    };
    const changes = await changesOf(parts, kind, fresh, call);
    yield { ...changes, cursor: placeText(place), more: true };
  }
}

interface JournalLink {
  readonly url: string;
  readonly offset: string;
}

async function nextLink(
  { calls, client, options }: JournalParts,
  { offset }: JournalPlace,
  call?: CrmCallOptions,
): Promise<JournalLink | "lost" | undefined> {
  const path = calls.paths.journal(
    offset === undefined ? "earliest" : `offset/${encodeURIComponent(offset)}/next`,
  );
  const answer = await client.get(path, {
    ...passed(call),
    query: { installPortalId: options.portalId },
    passStatuses: [404],
  });
  if (answer.status === 404) return offset === undefined ? undefined : "lost";
  const body = answer.body();
  const url = isFields(body) ? textOf(body["url"]) : undefined;
  const next = isFields(body) ? textOf(body["currentOffset"]) : undefined;
  return url === undefined || next === undefined ? undefined : { url, offset: next };
}

/** The events of a file. Its link is signed, and gets no credential. */
async function eventsAt(
  { client }: JournalParts,
  url: string,
  call?: CrmCallOptions,
): Promise<readonly Fields[]> {
  const answer = await client.get(url, { ...passed(call), anonymous: true });
  const body = answer.body();
  return Array.isArray(body)
    ? body.filter(isFields)
    : [...listOf(body, "journalEvents"), ...listOf(body, "events")];
}

function isOurs({ options }: JournalParts, kind: CrmKind, event: Fields): boolean {
  const portalId = textOf(event["portalId"]);
  if (portalId !== undefined && portalId !== String(options.portalId)) return false;
  return typeOfId(textOf(event["objectTypeId"]) ?? "")?.kind === kind;
}

const REMOVALS = new Set(["DELETE", "GDPR_DELETE"]);

/** Records are read once for all their events; what is gone by then, whatever the events say, is a removal. */
async function changesOf<Kind extends CrmKind>(
  { calls }: JournalParts,
  kind: Kind,
  events: readonly Fields[],
  call?: CrmCallOptions,
): Promise<Pick<CrmChanges<Kind>, "records" | "removed">> {
  const latest = new Map<string, Fields>();
  for (const event of events) {
    for (const id of recordIdsOf(event)) latest.set(id, event);
  }
  const ids = [...latest.keys()];
  const records = ids.length === 0 ? [] : await readRecords(calls, kind, ids, call);
  const removed = ids.flatMap((id, at): CrmRemoval<Kind>[] => {
    const record = records[at];
    const event = latest.get(id);
    if (record !== undefined) return record.id === id ? [] : [{ kind, id, mergedInto: record.id }];
    const when = REMOVALS.has(textOf(event?.["action"]) ?? "") ? textOf(event?.["occurredAt"]) : undefined;
    return [{ kind, id, ...(when === undefined ? {} : { at: when }) }];
  });
  const standing = new Map(
    records.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const])),
  );
  return { records: [...standing.values()], removed };
}

function recordIdsOf(event: Fields): readonly string[] {
  const type = typeOfId(textOf(event["objectTypeId"]) ?? "")?.type;
  if (type === undefined) return [];
  const ids = [
    event["objectId"],
    event["primaryObjectId"],
    event["newObjectId"],
    ...textsOf(event["mergedObjectIds"]),
  ];
  return [...new Set(ids.flatMap((id) => textOf(id) ?? []))].map((id) => toRecordId(type, id));
}

function timeOf(event: Fields): number {
  const at = event["occurredAt"];
  const ms = typeof at === "number" ? at : Date.parse(textOf(at) ?? "");
  return Number.isNaN(ms) ? 0 : ms;
}

function placeOf(
  kind: CrmKind,
  from: { readonly cursor: string } | { readonly since: string },
): JournalPlace {
  if ("since" in from) {
    const atMs = Date.parse(from.since);
    if (Number.isNaN(atMs)) throw new RangeError(`changes: since must be ISO 8601, got ${from.since}`);
    return { offset: undefined, atMs };
  }
  const state = cursorState(kind, from.cursor);
  return { offset: stringOf(state, "offset"), atMs: numberOf(state, "at") ?? 0 };
}

const placeText = ({ offset, atMs }: JournalPlace) => cursorText({ feed: "journal", offset, at: atMs });
