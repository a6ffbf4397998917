import type {
  StoredStreamEvent,
  StreamDraft,
  StreamPart,
  StreamRecord,
  StreamWrite,
  StreamWritten,
} from "@salesagent/ports";
import {
  isEventAbout,
  isStreamOf,
  type NormalPerson,
  type NormalStreamFrom,
  toErasedStream,
} from "@salesagent/ports/store-rules";
import { EventLog } from "./event-log.js";

/** A stream. Nothing in it is changed: each change makes a new one. */
export interface StreamRow {
  readonly record: StreamRecord;
  /** The last of them has the number of the record's `last`; those of before an erasure are gone. */
  readonly events: EventLog<StoredStreamEvent>;
}

export function openStreamRow(draft: StreamDraft, instant: string): StreamRow {
  const begun = { status: "open" as const, last: 0, fence: 0, createdAt: instant, updatedAt: instant };
  return { record: Object.freeze({ ...draft, ...begun }), events: EventLog.empty };
}

/** How an append goes, and what the stream is then where it changes. */
export function appendToRow(
  row: StreamRow,
  write: StreamWrite,
  instant: string,
): { readonly written: StreamWritten; readonly row?: StreamRow; readonly isTold: boolean } {
  const { record } = row;
  const { last, stop } = record;
  if (record.status !== "open") return { written: { status: "ended", last }, isTold: false };
  if (write.fence < record.fence) return { written: { status: "fenced" }, isTold: false };
  const held = Object.freeze({ ...record, fence: write.fence });
  if (write.after !== last) {
    return { written: { status: "moved", last }, row: { ...row, record: held }, isTold: false };
  }
  const isTold = write.events.length > 0 || write.end !== undefined;
  const next = Object.freeze({
    ...held,
    ...write.end,
    last: last + write.events.length,
    updatedAt: isTold ? instant : record.updatedAt,
  });
  const added = write.events.map((event, index) => Object.freeze({ seq: last + index + 1, ...event }));
  return {
    written: { status: "written", last: next.last, ...(stop === undefined ? {} : { stop }) },
    row: { record: next, events: row.events.with(added) },
    isTold,
  };
}

export function readPart({ record, events }: StreamRow, { after, limit }: NormalStreamFrom): StreamPart {
  const before = record.last - events.length;
  return { record, events: events.slice(Math.max(after - before, 0), limit) };
}

/**
 * A stream without what it holds of a person; the very row where that is nothing.
 *
 * @param isOfTheirRun - Whether the run that it tells of is about the person.
 */
export function eraseStreamRow(row: StreamRow, person: NormalPerson, isOfTheirRun: boolean): StreamRow {
  const { record, events } = row;
  const isTheirs =
    isOfTheirRun ||
    isStreamOf(record, person) ||
    events.some((event) => isEventAbout(event, person.mentions));
  const left = toErasedStream(record, person.mentions);
  if (isTheirs && events.length > 0) return { record: left, events: EventLog.empty };
  return left === record ? row : { record: left, events };
}
