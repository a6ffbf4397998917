import type { StreamDraft, StreamStore, StreamWrite } from "../stores/stream-store.js";
import { checkWhole } from "./field-rules.js";
import { toNormalError } from "./link-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const MOST_EVENTS = 1000;
const LONGEST_TYPE = 100;
const DEFAULT_READ = 500;
const MOST_READ = 1000;

type StreamEnd = NonNullable<StreamWrite["end"]>;

/** Which events to read, with nothing left out. */
export interface NormalStreamFrom {
  readonly after: number;
  readonly limit: number;
}

/** @throws `store.invalid`. */
export function toNormalStreamDraft({ id, source, threadId, leadId, startedBy }: StreamDraft): StreamDraft {
  const toName = (field: string, name: string) => toNormalId("streams", `draft.${field}`, name);
  return Object.freeze({
    id: toName("id", id),
    source: toName("source", source),
    ...(threadId === undefined ? {} : { threadId: toName("threadId", threadId) }),
    ...(leadId === undefined ? {} : { leadId: toName("leadId", leadId) }),
    ...(startedBy === undefined ? {} : { startedBy: toName("startedBy", startedBy) }),
  });
}

/** @throws `store.invalid` naming `writes[i].…`, also where two are of one stream. */
export function toNormalStreamWrites(writes: readonly StreamWrite[]): readonly StreamWrite[] {
  if (!Array.isArray(writes)) throw invalidValue("streams", "writes", "it is not a list");
  const seen = new Set<string>();
  return writes.map((write: StreamWrite, index) => {
    const field = `writes[${index}]`;
    const normal = toNormalStreamWrite(field, write);
    if (seen.has(normal.id)) {
      throw invalidValue("streams", `${field}.id`, "an earlier write is of the same stream");
    }
    seen.add(normal.id);
    return normal;
  });
}

/** @throws `store.invalid` for `from.after`; RangeError when `from.limit` is not a whole number from 1 to 1,000. */
export function toNormalStreamFrom({
  after = 0,
  limit = DEFAULT_READ,
}: Exclude<Parameters<StreamStore["read"]>[1], undefined> = {}): NormalStreamFrom {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_READ) {
    throw new RangeError(`from.limit must be a whole number from 1 to ${MOST_READ}, got ${limit}`);
  }
  checkWhole("streams", "from.after", after);
  return { after, limit };
}

/** @throws `store.invalid`. */
export function toNormalStreamStop(stop: { readonly by: string; readonly reason: string }): typeof stop {
  if (typeof stop.reason !== "string") throw invalidValue("streams", "stop.reason", "it is not a text");
  return Object.freeze({
    by: toNormalId("streams", "stop.by", stop.by),
    reason: toStorable("streams", "stop.reason", stop.reason),
  });
}

function toNormalStreamWrite(field: string, { id, fence, after, events, end }: StreamWrite): StreamWrite {
  toNormalId("streams", `${field}.id`, id);
  checkWhole("streams", `${field}.fence`, fence);
  checkWhole("streams", `${field}.after`, after);
  if (!Array.isArray(events) || events.length > MOST_EVENTS) {
    throw invalidValue("streams", `${field}.events`, `it is not a list of at most ${MOST_EVENTS} events`);
  }
  const normal = events.map((event: StreamWrite["events"][number], index) =>
    toNormalEvent(`${field}.events[${index}]`, event),
  );
  return Object.freeze({
    ...{ id, fence, after },
    events: Object.freeze(normal),
    ...(end === undefined ? {} : { end: toNormalEnd(`${field}.end`, end) }),
  });
}

function toNormalEvent(
  field: string,
  { type, data }: StreamWrite["events"][number],
): StreamWrite["events"][number] {
  if (typeof type !== "string" || type.length === 0 || type.length > LONGEST_TYPE) {
    throw invalidValue("streams", `${field}.type`, `a type is a text of 1–${LONGEST_TYPE} characters`);
  }
  return Object.freeze({
    type: toStorable("streams", `${field}.type`, type),
    data: toStorable("streams", `${field}.data`, data),
  });
}

function toNormalEnd(field: string, end: StreamEnd): StreamEnd {
  switch (end.status) {
    case "completed":
    case "cancelled":
      return Object.freeze({ status: end.status });
    case "failed":
      return Object.freeze({
        status: end.status,
        error: toNormalError("streams", `${field}.error`, end.error ?? {}),
      });
    default:
      throw invalidValue("streams", `${field}.status`, "a stream ends completed, failed or cancelled");
  }
}
