import type { CrmCallOptions } from "@salesagent/ports";
import { incompleteError } from "./crm-errors.js";
import { type ObjectCalls, SEARCH_LIMIT } from "./object-calls.js";
import { OBJECT_TYPES, type ObjectType } from "./object-types.js";
import { type HubspotObject, updatedAtOf } from "./to-record.js";

/** A stretch of time, both ends included, in milliseconds. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A page of a walk through a window. */
export interface WindowPage {
  readonly objects: readonly HubspotObject[];
  /** The last id that was seen; undefined at the end. */
  readonly lastId: string | undefined;
  readonly answeredMs: number | undefined;
}

/**
 * The objects that were changed in a window, in the order of their ids and beyond one. Ids get ahead though any number of objects
 * share one stamp, and no offset comes near the ceiling of a search.
 */
export async function windowPage(
  calls: ObjectCalls,
  type: ObjectType,
  window: TimeWindow,
  lastId: string,
  call?: CrmCallOptions,
): Promise<WindowPage> {
  const { stamp, kind } = OBJECT_TYPES[type];
  const page = await calls.search(
    type,
    [
      { propertyName: stamp, operator: "GTE", value: String(window.fromMs) },
      { propertyName: stamp, operator: "LTE", value: String(window.toMs) },
    ],
    lastId,
    call,
  );
  const last = page.objects.at(-1);
  if (last !== undefined && Number(last.id) <= Number(lastId)) {
    throw incompleteError(kind, "HubSpot's search does not get ahead");
  }
  const isLast = page.objects.length < SEARCH_LIMIT && page.next === undefined;
  if (!isLast && last === undefined)
    throw incompleteError(kind, "HubSpot's search shows none of its matches");
  return {
    objects: page.objects.filter((object) => isWithin(updatedAtOf(object), window)),
    lastId: isLast ? undefined : last?.id,
    answeredMs: page.answeredMs,
  };
}

/**
 * Whether a stamp may be in a window. Rows beyond it show up near its ends; what changed while it was read comes with the next
 * window. A text without a fraction may stand for any part of its second.
 */
export function isWithin(stamp: string | undefined, { fromMs, toMs }: TimeWindow): boolean {
  const ms = Date.parse(stamp ?? "");
  if (stamp === undefined || Number.isNaN(ms)) return true;
  const spanMs = stamp.includes(".") ? 0 : 999;
  return ms + spanMs >= fromMs && ms <= toMs;
}
