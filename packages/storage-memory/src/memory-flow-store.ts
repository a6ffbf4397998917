import type { FlowFilter, FlowStore } from "@salesagent/ports";
import {
  flowFenced,
  recordNotFound,
  toCursorText,
  toNormalFlowEvent,
  toNormalFlowStart,
  toNormalFlowWrite,
  toNormalPage,
  toNormalStop,
  toStorable,
} from "@salesagent/ports/store-rules";
import {
  commitRow,
  deliverRow,
  type FlowRow,
  hasEnded,
  loadRow,
  readHistory,
  reopenRow,
  startRow,
  stopRow,
  toRecord,
} from "./flow-row.js";
import { now, type StoreContext } from "./store-context.js";
import type { Rows } from "./table.js";

function toTest({ graph, status, parentId }: FlowFilter): (row: FlowRow) => boolean {
  return (row) =>
    (graph === undefined || row.graph === graph) &&
    (status === undefined || row.status === status) &&
    (parentId === undefined || row.parentId === parentId);
}

function mustGet(flows: Rows<FlowRow>, id: string): FlowRow {
  const row = flows.get(id);
  if (row === undefined) throw recordNotFound("flows", id);
  return row;
}

/** Changes a run that has not ended. @returns False when there is no such run. */
function changeOpen(flows: Rows<FlowRow>, id: string, change: (row: FlowRow) => FlowRow): boolean {
  const row = flows.get(id);
  if (row === undefined || hasEnded(row)) return false;
  const changed = change(row);
  if (changed !== row) flows.replace(id, changed);
  return true;
}

export function createMemoryFlowStore({ rows, clock, admit }: StoreContext): FlowStore {
  const { flows } = rows;
  return {
    port: "flow-store/1",
    async create(start, call) {
      admit("flows", call);
      const normal = toNormalFlowStart(start);
      if (flows.get(normal.id) !== undefined) return false;
      const createdAt = now(clock);
      flows.insert(normal.id, Date.parse(createdAt), startRow(normal, createdAt));
      return true;
    },
    async get(id, call) {
      admit("flows", call);
      const row = flows.get(toStorable("flows", "id", id));
      return row === undefined ? undefined : toRecord(row);
    },
    async load(id, fence, call) {
      admit("flows", call);
      const row = mustGet(flows, toStorable("flows", "id", id));
      if (row.fence !== fence) throw flowFenced(id, fence);
      return loadRow(row);
    },
    async commit(write, call) {
      admit("flows", call);
      const normal = toNormalFlowWrite(write);
      flows.replace(normal.id, commitRow(mustGet(flows, normal.id), normal, now(clock)));
    },
    async deliver(id, event, call) {
      admit("flows", call);
      const key = toStorable("flows", "id", id);
      const normal = toNormalFlowEvent(event);
      return changeOpen(flows, key, (row) => deliverRow(row, normal, now(clock)));
    },
    async stop(id, stop, call) {
      admit("flows", call);
      const key = toStorable("flows", "id", id);
      const normal = toNormalStop(stop);
      return changeOpen(flows, key, (row) => stopRow(row, normal, now(clock)));
    },
    async reopen(id, call) {
      admit("flows", call);
      const row = flows.get(toStorable("flows", "id", id));
      if (row === undefined) return false;
      const reopened = reopenRow(row, now(clock));
      if (reopened !== row) flows.replace(id, reopened);
      return reopened !== row;
    },
    async list(filter = {}, page, call) {
      admit("flows", call);
      const { threadId, ...rest } = toStorable("flows", "filter", filter);
      const scan = { page: toNormalPage("flows", page), descending: true, where: toTest(rest) };
      const { items, ...next } = flows.page(scan, threadId);
      return { items: items.map(toRecord), ...next };
    },
    async history(id, page, call) {
      admit("flows", call);
      const row = flows.get(toStorable("flows", "id", id));
      const { after, limit } = toNormalPage("flows", page);
      if (row === undefined) return { items: [] };
      const items = readHistory(row, after?.order ?? 0, limit);
      const order = items.at(-1)?.seq ?? row.seq;
      return order < row.seq ? { items, next: toCursorText({ order, seq: 0 }) } : { items };
    },
  };
}
