import { isAfter, laterBy, microsOf } from "./close-stamp.js";
import { isRecord } from "./json-record.js";

/** Where reading changes goes on. Stamps are Close's own texts. */
export interface ChangeCursor {
  /** Records at or after it come next; absent where none was seen yet. */
  readonly at?: string;
  /** From here on records may have been missed, since search was behind when they were passed. */
  readonly doubt?: string;
  /** Up to where events were read. */
  readonly events: string;
}

/** Where a walk over all records goes on. */
export interface ListCursor {
  readonly at?: string;
  /** When it began, by Close's clock. */
  readonly began?: string;
}

/** A cursor as text. */
export function writeCursor(cursor: ChangeCursor | ListCursor): string {
  return JSON.stringify(cursor);
}

/** @throws RangeError for a text that is no cursor of ours. */
export function readChangeCursor(text: string): ChangeCursor {
  const { at, doubt, events } = parse(text);
  if (events === undefined) throw badCursor();
  return { events, ...(at === undefined ? {} : { at }), ...(doubt === undefined ? {} : { doubt }) };
}

/** @throws RangeError for a text that is no cursor of ours. */
export function readListCursor(text: string | undefined): ListCursor {
  if (text === undefined) return {};
  const { at, began } = parse(text);
  return { ...(at === undefined ? {} : { at }), ...(began === undefined ? {} : { began }) };
}

/**
 * The cursor of an instant. Events are had from a while ago at most: who has no cursor yet has nothing that could have been removed.
 *
 * @throws RangeError for what is no instant.
 */
export function sinceCursor(since: string, eventsFrom: string): ChangeCursor {
  if (microsOf(since) === undefined) {
    throw new RangeError(
      "close.changes: from.since must be an instant of ISO 8601, such as 2026-11-01T10:00:00Z",
    );
  }
  const at = laterBy(since, 0);
  return { at, events: isAfter(at, eventsFrom) ? at : eventsFrom };
}

const NAMES = ["at", "doubt", "events", "began"] as const;

function parse(text: string): { [Name in (typeof NAMES)[number]]?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badCursor();
  }
  if (!isRecord(value)) throw badCursor();
  const stamps = NAMES.flatMap((name) => {
    const stamp = value[name];
    if (stamp === undefined) return [];
    if (typeof stamp !== "string" || microsOf(stamp) === undefined) throw badCursor();
    return [[name, stamp] as const];
  });
  return Object.fromEntries(stamps);
}

function badCursor(): RangeError {
  return new RangeError(
    "close: from.cursor is no cursor of this adapter; begin without one, or from a point in time",
  );
}
