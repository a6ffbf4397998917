import type { CrmCallOptions, CrmChanges, CrmPage, CrmRecord, CrmRemoval } from "@salesagent/ports";
import {
  type ChangeCursor,
  readChangeCursor,
  readListCursor,
  sinceCursor,
  writeCursor,
} from "./change-cursor.js";
import type { CloseApi } from "./close-api.js";
import type { CloseSettings } from "./close-options.js";
import { isAfter, laterBy, microsOf, stampOf } from "./close-stamp.js";
import { EVENT_TYPES, EVENTS_KEPT_MS, eventsSince, removalOf } from "./event-feed.js";
import { type JsonRecord, textOf } from "./json-record.js";
import { incomplete } from "./search-source.js";
import { type StampField, type StampSource, type WalkPage, walkByStamp } from "./stamp-walk.js";

/** What a feed stands on. */
export interface FeedOptions<Kind extends keyof typeof EVENT_TYPES> {
  readonly kind: Kind;
  readonly api: CloseApi;
  readonly settings: CloseSettings;
  readonly source: (field: StampField, call: CrmCallOptions | undefined) => StampSource;
  readonly from: (doc: JsonRecord) => CrmRecord<Kind>;
  readonly get: (id: string, call: CrmCallOptions | undefined) => Promise<CrmRecord<Kind> | undefined>;
}

/** All records of a kind, and what changed of them. */
export class RecordFeed<Kind extends keyof typeof EVENT_TYPES> {
  readonly #options: FeedOptions<Kind>;

  constructor(options: FeedOptions<Kind>) {
    this.#options = options;
  }

  /** By when they were made, which no change moves. */
  async *list(cursor: string | undefined, call: CrmCallOptions | undefined): AsyncGenerator<CrmPage<Kind>> {
    const { source, from, settings } = this.#options;
    let { at, began } = readListCursor(cursor);
    const recent = new Set<string>();
    for await (const page of walkByStamp(source("date_created", call), at)) {
      at = page.position ?? at;
      began ??= stampOf(page.serverMs * 1000);
      const fresh = laterBy(began, -settings.overlapMs * 1000);
      for (const row of page.rows) {
        const made = textOf(row["date_created"]);
        if (made === undefined || !isAfter(fresh, made)) recent.add(String(row["id"]));
      }
      const place = { ...(at === undefined ? {} : { at }), began };
      const records = page.rows.map(from);
      if (!page.isLast) yield { records, cursor: writeCursor(place), complete: false };
      else {
        const late = await this.#madeOfLate(fresh, recent, call);
        yield { records: [...records, ...late], cursor: writeCursor(place), complete: true };
      }
    }
  }

  /** Records that the index doesn't know yet, by the events of their making. */
  async #madeOfLate(since: string, known: ReadonlySet<string>, call: CrmCallOptions | undefined) {
    const { kind, api, get } = this.#options;
    const asked = { type: EVENT_TYPES[kind], action: "created", since };
    const late = new Map<string, CrmRecord<Kind>>();
    for await (const { events } of eventsSince(api, asked, call)) {
      for (const event of events) {
        const id = String(event["object_id"]);
        if (known.has(id) || late.has(id)) continue;
        const record = await get(id, call);
        if (record !== undefined) late.set(id, record);
      }
    }
    return [...late.values()];
  }

  /** By when they changed, and then what was removed, by the event log. */
  async *changes(
    from: { readonly cursor: string } | { readonly since: string },
    call: CrmCallOptions | undefined,
  ): AsyncGenerator<CrmChanges<Kind>> {
    let place = "cursor" in from ? readChangeCursor(from.cursor) : this.#start(from.since);
    if ("cursor" in from) this.#checkAge(place);
    const source = this.#options.source("date_updated", call);
    for await (const page of walkByStamp(source, place.at)) {
      place = this.#passed(place, page);
      const records = page.rows.map(this.#options.from);
      if (records.length > 0) yield { records, removed: [], cursor: writeCursor(place), more: true };
    }
    yield* this.#removed(place, call);
  }

  /** What lies further back than search can be behind was told for certain; the rest is in doubt, and is read again. */
  #passed({ at, doubt, events }: ChangeCursor, { rows, position, serverMs }: WalkPage): ChangeCursor {
    const certain = stampOf((serverMs - this.#options.settings.overlapMs) * 1000);
    const next = position ?? at;
    const isCertain = next === undefined || !isAfter(next, certain);
    const lastCertain = rows
      .map((row) => textOf(row["date_updated"]))
      .findLast((stamp) => stamp !== undefined && !isAfter(stamp, certain));
    const inDoubt = doubt ?? (isCertain ? undefined : (lastCertain ?? at ?? certain));
    return {
      events,
      ...(next === undefined ? {} : { at: next }),
      ...(inDoubt === undefined ? {} : { doubt: inDoubt }),
    };
  }

  async *#removed(place: ChangeCursor, call: CrmCallOptions | undefined): AsyncGenerator<CrmChanges<Kind>> {
    const { kind, api, settings } = this.#options;
    const since = laterBy(place.events, -settings.eventOverlapMs * 1000);
    const asked = { type: EVENT_TYPES[kind], action: "deleted", since };
    let { events } = place;
    for await (const page of eventsSince(api, asked, call)) {
      const removed = page.events.map((event): CrmRemoval<Kind> => removalOf(kind, event));
      const newest = textOf(page.events[0]?.["date_updated"]);
      if (newest !== undefined && isAfter(newest, events)) events = newest;
      if (!page.isLast) {
        yield { records: [], removed, cursor: writeCursor(place), more: true };
        continue;
      }
      const told = stampOf(page.serverMs * 1000);
      const at = place.doubt ?? place.at;
      const next = { events: isAfter(told, events) ? told : events, ...(at === undefined ? {} : { at }) };
      yield { records: [], removed, cursor: writeCursor(next), more: false };
    }
  }

  #start(since: string): ChangeCursor {
    const reachMs = this.#options.settings.clock.now() - EVENTS_KEPT_MS / 2;
    return sinceCursor(since, stampOf(reachMs * 1000));
  }

  /** @throws SalesAgentError `crm.walk_incomplete` when removals since the cursor are no longer on record. */
  #checkAge({ events }: ChangeCursor): void {
    const { kind, settings } = this.#options;
    const ageMs = settings.clock.now() - (microsOf(events) ?? 0) / 1000;
    if (ageMs <= EVENTS_KEPT_MS) return;
    const reason = "the cursor is older than 30 days, for which Close keeps what was removed";
    throw incomplete(kind, reason, undefined, "Walk over all records, and begin anew.");
  }
}
