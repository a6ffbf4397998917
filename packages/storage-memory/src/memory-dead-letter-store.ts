import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from "@salesagent/ports";
import {
  addFailure,
  checkLetterEnd,
  openLetter,
  toLetterKey,
  toNormalDeadLetter,
  toNormalPage,
  toStorable,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

function toTest({ connection, kind, status }: DeadLetterFilter): (letter: DeadLetter) => boolean {
  return (letter) =>
    (connection === undefined || letter.connection === connection) &&
    (kind === undefined || letter.kind === kind) &&
    (status === undefined || letter.status === status);
}

export function createMemoryDeadLetterStore({ rows, clock, admit }: StoreContext): DeadLetterStore {
  const { deadLetters, openLetters } = rows;
  return {
    port: "dead-letter-store/1",
    async add(letter, call) {
      admit("deadLetters", call);
      const draft = toNormalDeadLetter(letter);
      const same = deadLetters.get(draft.id);
      if (same !== undefined) return same;
      const key = toLetterKey(draft);
      const before = deadLetters.get(openLetters.get(key) ?? "");
      const after = before === undefined ? openLetter(draft) : addFailure(before, draft);
      deadLetters.put(after.id, Date.parse(after.addedAt), after);
      openLetters.set(key, after.id);
      return after;
    },
    async get(id, call) {
      admit("deadLetters", call);
      return deadLetters.get(toStorable("deadLetters", "id", id));
    },
    async end(id, status, by, call) {
      admit("deadLetters", call);
      checkLetterEnd(status, by);
      const before = deadLetters.get(toStorable("deadLetters", "id", id));
      if (before?.status !== "open") return false;
      const endedBy = by === undefined ? {} : { endedBy: by };
      deadLetters.replace(id, Object.freeze({ ...before, status, updatedAt: now(clock), ...endedBy }));
      openLetters.delete(toLetterKey(before));
      return true;
    },
    async list(filter = {}, page, call) {
      admit("deadLetters", call);
      const { recordId, ...rest } = toStorable("deadLetters", "filter", filter);
      const scan = { page: toNormalPage("deadLetters", page), descending: true, where: toTest(rest) };
      return deadLetters.page(scan, recordId);
    },
    async count(filter = {}, call) {
      admit("deadLetters", call);
      const { recordId, ...rest } = toStorable("deadLetters", "filter", filter);
      return deadLetters.count(toTest(rest), recordId);
    },
  };
}
