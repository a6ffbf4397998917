import type { MessageStore } from "@salesagent/ports";
import { checkId, toNormalMessage, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryMessageStore({ rows, admit }: StoreContext): MessageStore {
  const nextIndex = (threadId: string): number => {
    const scan = { page: toNormalPage("messages", { limit: 1 }), descending: true };
    const last = rows.messages.page(scan, threadId).items[0];
    return last === undefined ? 0 : last.index + 1;
  };

  return {
    port: "message-store/1",
    async append(threadId, messages, call) {
      admit("messages", call);
      checkId("messages", "threadId", threadId);
      toStorable("messages", "threadId", threadId);
      const normal = messages.map((message, index) => toNormalMessage(`messages[${index}]`, message));
      const first = nextIndex(threadId);
      normal.forEach((message, offset) => {
        const index = first + offset;
        const record = Object.freeze({ ...message, threadId, index });
        rows.messages.insert(JSON.stringify([threadId, index]), index, record);
      });
      return first;
    },
    async list(threadId, page, call) {
      admit("messages", call);
      const scan = { page: toNormalPage("messages", page) };
      return rows.messages.page(scan, toStorable("messages", "threadId", threadId));
    },
  };
}
