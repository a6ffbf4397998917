import type { MessageStore } from "@salesagent/ports";
import {
  checkId,
  toNormalLatest,
  toNormalMessage,
  toNormalPage,
  toNormalSummary,
  toStorable,
} from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";
import type { TenantRows } from "./tenant-tables.js";

function toRowId(threadId: string, index: number): string {
  return JSON.stringify([threadId, index]);
}

/** How many messages a thread holds. */
function lengthOf({ messages }: TenantRows, threadId: string): number {
  const scan = { page: toNormalPage("messages", { limit: 1 }), descending: true };
  const last = messages.page(scan, threadId).items[0];
  return last === undefined ? 0 : last.index + 1;
}

/** Drops a thread. @returns How many messages it held. */
export function dropThread(rows: TenantRows, threadId: string): number {
  const length = lengthOf(rows, threadId);
  rows.messages.remove(Array.from({ length }, (_, index) => toRowId(threadId, index)));
  rows.summaries.delete(threadId);
  return length;
}

export function createMemoryMessageStore({ rows, admit }: StoreContext): MessageStore {
  const toThread = (threadId: string) => toStorable("messages", "threadId", threadId);

  return {
    port: "message-store/1",
    async append(threadId, messages, call) {
      admit("messages", call);
      checkId("messages", "threadId", threadId);
      toThread(threadId);
      const normal = messages.map((message, index) => toNormalMessage(`messages[${index}]`, message));
      const first = lengthOf(rows, threadId);
      normal.forEach((message, offset) => {
        const index = first + offset;
        const record = Object.freeze({ ...message, threadId, index });
        rows.messages.insert(toRowId(threadId, index), index, record);
      });
      return first;
    },
    async list(threadId, page, call) {
      admit("messages", call);
      const scan = { page: toNormalPage("messages", page) };
      return rows.messages.page(scan, toThread(threadId));
    },
    async latest(threadId, want, call) {
      admit("messages", call);
      const { limit, from } = toNormalLatest(want);
      const scan = { page: toNormalPage("messages", { limit }), descending: true };
      const { items } = rows.messages.page(scan, toThread(threadId));
      return items.filter(({ index }) => index >= from).reverse();
    },
    async thread(threadId, call) {
      admit("messages", call);
      const length = lengthOf(rows, toThread(threadId));
      if (length === 0) return undefined;
      const summary = rows.summaries.get(threadId);
      return Object.freeze({ threadId, length, ...(summary === undefined ? {} : { summary }) });
    },
    async summarise(threadId, summary, call) {
      admit("messages", call);
      const normal = toNormalSummary(summary);
      if (normal.upTo >= lengthOf(rows, toThread(threadId))) return false;
      const before = rows.summaries.get(threadId);
      if (before !== undefined && before.upTo >= normal.upTo) return false;
      rows.summaries.set(threadId, normal);
      return true;
    },
    async remove(threadId, call) {
      admit("messages", call);
      return dropThread(rows, toThread(threadId)) > 0;
    },
  };
}
