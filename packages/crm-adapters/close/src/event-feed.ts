import type { CrmCallOptions, CrmKind, CrmRemoval } from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";
import { isAfter } from "./close-stamp.js";
import { type JsonRecord, recordOf, textOf } from "./json-record.js";

/** How long Close keeps events, in milliseconds. */
export const EVENTS_KEPT_MS = 30 * 86_400_000;

/** Names of our kinds in the event log. */
export const EVENT_TYPES = { contact: "contact", company: "lead", deal: "opportunity" } as const;

const PAGE = 50;

/** A page of events, newest first. */
export interface EventPage {
  readonly events: readonly JsonRecord[];
  readonly serverMs: number;
  readonly isLast: boolean;
}

/**
 * Events of one type and action, as they were updated at or after a stamp. Close takes the stamp for the first page alone: behind a
 * cursor older events come too, and end it.
 */
export async function* eventsSince(
  api: CloseApi,
  asked: { readonly type: string; readonly action: string; readonly since: string },
  call: CrmCallOptions | undefined,
): AsyncGenerator<EventPage> {
  const filter = { object_type: asked.type, action: asked.action, _limit: PAGE };
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const place = cursor === undefined ? { date_updated__gte: asked.since } : { _cursor: cursor };
    const page = await api.list("/event/", { ...filter, ...place }, call);
    const events = page.rows.filter((event) => !isAfter(asked.since, String(event["date_updated"])));
    const isNew = page.cursor !== undefined && page.cursor !== cursor;
    isLast = !isNew || events.length < page.rows.length;
    cursor = page.cursor;
    yield { events, serverMs: page.serverMs, isLast };
  }
}

/** What a `deleted` event tells; a lead that was merged is deleted too, and says into which. */
export function removalOf<Kind extends CrmKind>(kind: Kind, event: JsonRecord): CrmRemoval<Kind> {
  const id = String(event["object_id"]);
  const at = textOf(event["date_updated"]);
  const mergedInto = mergeTarget(event, id);
  return {
    kind,
    id,
    ...(at === undefined ? {} : { at }),
    ...(mergedInto === undefined ? {} : { mergedInto }),
  };
}

/** The lead that another was merged into, by an event of that one. */
export function mergeTarget(event: JsonRecord, id: string): string | undefined {
  const meta = recordOf(event["meta"]);
  if (meta["merge_source_lead_id"] !== id) return undefined;
  return textOf(meta["merge_destination_lead_id"]);
}

/** The lead that a lead which isn't there any more was merged into, as far as the event log still knows. */
export async function survivorOf(
  api: CloseApi,
  leadId: string,
  call: CrmCallOptions | undefined,
): Promise<string | undefined> {
  const query = { object_id: leadId, action: "deleted", _limit: 1 };
  const [event] = (await api.list("/event/", query, call)).rows;
  return event === undefined ? undefined : mergeTarget(event, leadId);
}
