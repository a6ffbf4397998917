import type { StreamFilter, StreamRecord, StreamStore } from "@salesagent/ports";
import {
  toNormalPage,
  toNormalStreamDraft,
  toNormalStreamFrom,
  toNormalStreamStop,
  toNormalStreamWrites,
  toStorable,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";
import { appendToRow, openStreamRow, readPart, type StreamRow } from "./stream-row.js";

function toTest({ source, status, leadId }: StreamFilter): (row: StreamRow) => boolean {
  return ({ record }) =>
    (source === undefined || record.source === source) &&
    (status === undefined || record.status === status) &&
    (leadId === undefined || record.leadId === leadId);
}

export function createMemoryStreamStore({ rows, clock, admit, tellStream }: StoreContext): StreamStore {
  const { streams } = rows;
  const find = (id: string) => streams.get(toStorable("streams", "id", id));

  return {
    port: "stream-store/1",
    async open(draft, call) {
      admit("streams", call);
      const normal = toNormalStreamDraft(draft);
      if (streams.get(normal.id) !== undefined) return false;
      const row = openStreamRow(normal, now(clock));
      streams.insert(normal.id, Date.parse(row.record.createdAt), row);
      return true;
    },
    async append(writes, call) {
      admit("streams", call);
      const instant = now(clock);
      return toNormalStreamWrites(writes).map((write) => {
        const before = streams.get(write.id);
        if (before === undefined) return { status: "unknown" as const };
        const { written, row, isTold } = appendToRow(before, write, instant);
        if (row !== undefined) streams.replace(write.id, row);
        if (isTold) tellStream(write.id);
        return written;
      });
    },
    async read(id, from, call) {
      admit("streams", call);
      const normal = toNormalStreamFrom(from);
      const row = find(id);
      return row === undefined ? undefined : readPart(row, normal);
    },
    async get(id, call) {
      admit("streams", call);
      return find(id)?.record;
    },
    async requestStop(id, stop, call) {
      admit("streams", call);
      const normal = toNormalStreamStop(stop);
      const row = find(id);
      if (row?.record.status !== "open") return false;
      if (row.record.stop !== undefined) return true;
      const record: StreamRecord = { ...row.record, stop: Object.freeze({ ...normal, at: now(clock) }) };
      streams.replace(id, { ...row, record: Object.freeze(record) });
      tellStream(id);
      return true;
    },
    async list(filter = {}, page, call) {
      admit("streams", call);
      const { threadId, ...rest } = toStorable("streams", "filter", filter);
      const scan = { page: toNormalPage("streams", page), descending: true, where: toTest(rest) };
      const { items, ...next } = streams.page(scan, threadId);
      return { items: items.map(({ record }) => record), ...next };
    },
  };
}
