import type { CrmCallOptions, CrmKind, CrmPage } from "@salesagent/ports";
import { incompleteError } from "./crm-errors.js";
import { cursorState, cursorText, numberOf, stringOf } from "./cursor.js";
import type { ObjectCalls } from "./object-calls.js";
import { TYPES_OF_KIND } from "./object-types.js";
import { listedRecords } from "./read-records.js";

interface Place {
  /** Which of the kind's types. */
  readonly at: number;
  readonly after: string | undefined;
}

/** All records of a kind, in the order of their types and ids. */
export async function* listRecords<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  cursor: string | undefined,
  call?: CrmCallOptions,
): AsyncGenerator<CrmPage<Kind>, void, undefined> {
  const types = TYPES_OF_KIND[kind];
  let place: Place | undefined = cursor === undefined ? { at: 0, after: undefined } : placeOf(kind, cursor);
  if (place === undefined || place.at >= types.length) {
    yield { records: [], cursor: cursorText({ end: true }), complete: true };
    return;
  }
  while (place !== undefined) {
    const { at, after }: Place = place;
    const type = types[at];
    if (type === undefined) return;
    const page = await calls.list(type, { after }, call);
    if (page.next !== undefined && page.next === after) {
      throw incompleteError(kind, "HubSpot's list does not get ahead");
    }
    place = placeAfter(at, page.next, types.length);
    yield {
      records: await listedRecords(calls, kind, page.objects, call),
      cursor: cursorText(place === undefined ? { end: true } : { at: place.at, after: place.after }),
      complete: place === undefined,
    };
  }
}

function placeAfter(at: number, next: string | undefined, count: number): Place | undefined {
  if (next !== undefined) return { at, after: next };
  return at + 1 < count ? { at: at + 1, after: undefined } : undefined;
}

function placeOf(kind: CrmKind, cursor: string): Place | undefined {
  const state = cursorState(kind, cursor);
  if (state["end"] === true) return undefined;
  const at = numberOf(state, "at");
  if (at === undefined) throw incompleteError(kind, "its cursor is not one of a list");
  return { at, after: stringOf(state, "after") };
}
