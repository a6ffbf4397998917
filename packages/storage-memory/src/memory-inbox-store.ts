import type { InboxEntry, InboxStore } from "@salesagent/ports";
import {
  type InboxOutcome,
  toNormalInboxDraft,
  toNormalInboxOutcome,
  toNormalInboxWant,
  toNormalPage,
  toStorable,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

/** An entry as it is kept. */
export interface InboxRow {
  readonly entry: InboxEntry;
  /** Until when nobody takes it: a lease, or the time to try it again; empty where it may be taken. */
  readonly restsUntil: string;
}

/** What entries that wait are looked up by. */
export function toWaitingGroup({ entry }: InboxRow): string | undefined {
  return entry.status === "received" ? entry.source : undefined;
}

export function toInboxKey({ source, key }: Pick<InboxEntry, "source" | "key">): string {
  return JSON.stringify([source, key]);
}

function settle({ error: _error, ...entry }: InboxEntry, outcome: InboxOutcome, instant: string): InboxRow {
  switch (outcome.status) {
    case "handled": {
      const handled = { ...entry, status: outcome.status, body: "", handledAt: instant };
      return { entry: Object.freeze(handled), restsUntil: "" };
    }
    case "failed":
      return { entry: Object.freeze({ ...entry, ...outcome }), restsUntil: "" };
    case "received": {
      const { error, retryAt } = outcome;
      return { entry: Object.freeze({ ...entry, error }), restsUntil: retryAt };
    }
  }
}

export function createMemoryInboxStore({ rows, clock, admit }: StoreContext): InboxStore {
  const { inbox, inboxKeys } = rows;

  const put = (row: InboxRow): void =>
    inbox.put(row.entry.id, Date.parse(row.entry.receivedAt), Object.freeze(row));

  return {
    port: "inbox-store/1",
    async put(draft, call) {
      admit("inbox", call);
      const normal = toNormalInboxDraft(draft);
      const key = toInboxKey(normal);
      if (inboxKeys.get(key) !== undefined || inbox.get(normal.id) !== undefined) return false;
      put({ entry: Object.freeze({ ...normal, status: "received", attempts: 0 }), restsUntil: "" });
      inboxKeys.set(key, normal.id);
      return true;
    },
    async claim(want, call) {
      admit("inbox", call);
      const { source, leaseMs, limit } = toNormalInboxWant(want);
      const nowMs = clock.now();
      const instant = new Date(nowMs).toISOString();
      const restsUntil = new Date(nowMs + leaseMs).toISOString();
      const scan = { page: { limit, after: undefined }, where: (row: InboxRow) => row.restsUntil <= instant };
      return inbox.page(scan, source).items.map(({ entry }) => {
        const claimed = Object.freeze({ ...entry, attempts: entry.attempts + 1 });
        put({ entry: claimed, restsUntil });
        return claimed;
      });
    },
    async settle(id, outcome, call) {
      admit("inbox", call);
      const normal = toNormalInboxOutcome(outcome);
      const before = inbox.get(toStorable("inbox", "id", id));
      if (before?.entry.status !== "received") return false;
      put(settle(before.entry, normal, now(clock)));
      return true;
    },
    async list(filter = {}, page, call) {
      admit("inbox", call);
      const { source, status } = toStorable("inbox", "filter", filter);
      const where = ({ entry }: InboxRow) =>
        (source === undefined || entry.source === source) &&
        (status === undefined || entry.status === status);
      const scan = { page: toNormalPage("inbox", page), descending: true, where };
      const { items, ...next } = inbox.page(scan);
      return { items: items.map(({ entry }) => entry), ...next };
    },
  };
}
